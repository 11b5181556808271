// weft_sync against a waveform worked out by hand: a bit is seen two edges later, in order, and a
// reset in between forgets what was on its way.
module weft_sync_bench;
  localparam int Cycles = 12;

  logic clk = 1'b0, rst_n = 1'b1;
  logic [1:0] d = '0, q;
  int errors = 0;

  weft_sync #(
    .Width(2)
  ) dut (
    .clk_i(clk),
    .rst_ni(rst_n),
    .d_i(d),
    .q_o(q)
  );

  // Column n, from the left, is cycle n; reset is low in the whole of cycle 8.
  localparam logic [Cycles-1:0] Reset = 12'b111111110111;
  localparam logic [Cycles-1:0] D0    = 12'b010110111000;
  localparam logic [Cycles-1:0] Q0    = 12'b000101100000;
  localparam logic [Cycles-1:0] D1    = 12'b111000000110;
  localparam logic [Cycles-1:0] Q1    = 12'b001110000001;

  initial begin
    #1 rst_n = 1'b0;
    #1 rst_n = 1'b1;
    for (int n = 0; n < Cycles; n++) begin
      rst_n = Reset[Cycles-1-n];
      d     = {D1[Cycles-1-n], D0[Cycles-1-n]};
      #1;
      if (q !== {Q1[Cycles-1-n], Q0[Cycles-1-n]}) begin
        errors = errors + 1;
        $display("cycle %0d: q = %b, not %b", n, q, {Q1[Cycles-1-n], Q0[Cycles-1-n]});
      end
      #1 clk = 1'b1;
      #1 clk = 1'b0;
    end
    if (errors == 0) $display("PASS");
    $finish;
  end
endmodule
