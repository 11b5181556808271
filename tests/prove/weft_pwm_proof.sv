// What weft_pwm promises, for the prover: a pulse of w cycles is high for exactly the first w
// cycles of its phase, clipped by the end of the phase. Active is high from start on, without a gap
// until the next start, as the controllers drive it.
module weft_pwm_proof #(
  parameter int Width = 8,
  parameter int Count = 2
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   active_i,
  input logic                   start_i,
  input logic [Count*Width-1:0] width_i
);

  logic [Count-1:0] on;

  weft_pwm #(
    .Width(Width),
    .Count(Count)
  ) u_pwm (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .active_i(active_i),
    .start_i(start_i),
    .width_i(width_i),
    .on_o(on)
  );

  // It begins in reset, and no phase is active then.
  logic begun_q = 1'b0;
  always_ff @(posedge clk_i) begun_q <= 1'b1;
  always_comb if (!begun_q) assume (!rst_ni);

  // A phase begins with its start.
  logic was_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) was_q <= 1'b0;
    else         was_q <= active_i;
  end
  always_comb assume (!active_i || was_q || start_i);
  always_comb assume (!start_i || active_i);
  always_comb if (!rst_ni) assume (!active_i);

  // Cycles since the start, this one not included; as many as matter.
  logic [Width:0] past, past_q;
  assign past = start_i ? '0 : past_q;
  always_ff @(posedge clk_i) past_q <= (past == '1) ? past : past + 1'b1;

  for (genvar n = 0; n < Count; n++) begin : gen_pulse
    // The width that counts.
    logic [Width-1:0] width, width_q;
    assign width = start_i ? width_i[n*Width +: Width] : width_q;
    always_ff @(posedge clk_i) width_q <= width;

    // The promise.
    logic prove_on;
    assign prove_on = on[n] == (active_i && (past < {1'b0, width}));
    always_comb assert (prove_on);

    // What carries it over an edge while the phase lasts: what has passed and what is left. The
    // proof's script connects `left` to the register in weft_pwm.
    logic [Width-1:0] left;
    always_comb if (was_q && active_i && !start_i)
      assert (left == (({1'b0, width} > past) ? Width'({1'b0, width} - past) : '0));
  end

endmodule
