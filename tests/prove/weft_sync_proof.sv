// What weft_sync promises, for the prover: its output is its input of two edges ago, 0 in reset and
// until two edges have passed since.
module weft_sync_proof #(
  parameter int Width = 2
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic [Width-1:0] d_i
);

  logic [Width-1:0] q;

  weft_sync #(
    .Width(Width)
  ) u_sync (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .d_i(d_i),
    .q_o(q)
  );

  // It begins in reset.
  logic begun_q = 1'b0;
  always_ff @(posedge clk_i) begun_q <= 1'b1;
  always_comb if (!begun_q) assume (!rst_ni);

  // The inputs of the last two edges, and how many there were since reset.
  logic [Width-1:0] one_q, two_q;
  logic [1:0] edges_q;
  always_ff @(posedge clk_i) one_q <= d_i;
  always_ff @(posedge clk_i) two_q <= one_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)             edges_q <= 2'd0;
    else if (edges_q < 2'd2) edges_q <= edges_q + 2'd1;
  end

  logic prove_delay;
  assign prove_delay = q == ((edges_q == 2'd2) ? two_q : '0);
  always_comb assert (prove_delay);
  always_comb assert (edges_q <= 2'd2);

endmodule
