// Pulse generators of one phase: output n is high for the first width_i[n] cycles of the phase.
//
//   cycle      |  0  |  1  |  2  |  3  |  4  |
//   active_i   |__^^^^^^^^^^^^^^^^^^^^^^^^___|
//   start_i    |__^^^^^______________________|
//   width = 2  |__^^^^^^^^^^^________________|   on_o
//
// A width of 0 gives no pulse, one beyond the end of the phase is clipped by active_i. The widths
// count in the cycle in which start_i is high; they may arrive within it.
module weft_pwm #(
  // Bits of one width.
  parameter int Width = 8,
  // Outputs.
  parameter int Count = 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   active_i,
  input  logic                   start_i,
  input  logic [Count*Width-1:0] width_i,
  output logic [Count-1:0]       on_o
);

  for (genvar n = 0; n < Count; n++) begin : gen_pulse
    // Cycles for which the output stays high, this one included.
    logic [Width-1:0] left, left_d, left_q;

    assign left   = start_i ? width_i[n*Width +: Width] : left_q;
    assign left_d = (left != '0) ? left - Width'(1) : '0;
    assign on_o[n] = active_i & (left != '0);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        left_q <= '0;
      end else begin
        left_q <= left_d;
      end
    end
  end

endmodule
