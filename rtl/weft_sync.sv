// Two registers in a row for bits that come from another clock: what d_i is at an edge can be seen
// at q_o after the next edge, and acted on at the one after that.
module weft_sync #(
  // Bits, each on its own: they must not mean anything together.
  parameter int Width = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic [Width-1:0] d_i,
  output logic [Width-1:0] q_o
);

  logic [Width-1:0] first_q, second_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first_q  <= '0;
      second_q <= '0;
    end else begin
      first_q  <= d_i;
      second_q <= first_q;
    end
  end

  assign q_o = second_q;

endmodule
