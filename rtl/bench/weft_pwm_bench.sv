// weft_pwm against a waveform worked out by hand: three outputs, widths 0, 2 and 5, a phase of four
// cycles, then one of two cycles right behind it whose widths are 1, 7 and 0.
module weft_pwm_bench;
  localparam int Cycles = 10;

  logic clk = 1'b0, rst_n = 1'b1;
  logic active = 1'b0, start = 1'b0;
  logic [8:0] width = '0;
  logic [2:0] on;
  int errors = 0;

  weft_pwm #(
    .Width(3),
    .Count(3)
  ) dut (
    .clk_i(clk),
    .rst_ni(rst_n),
    .active_i(active),
    .start_i(start),
    .width_i(width),
    .on_o(on)
  );

  // Column n, from the left, is cycle n. The widths matter in the cycles of a start only: all the
  // others are ones.
  localparam logic [Cycles-1:0] Active = 10'b0111111000;
  localparam logic [Cycles-1:0] Start  = 10'b0100010000;
  localparam logic [Cycles-1:0] On0    = 10'b0000010000;
  localparam logic [Cycles-1:0] On1    = 10'b0110011000;
  localparam logic [Cycles-1:0] On2    = 10'b0111100000;

  initial begin
    #1 rst_n = 1'b0;
    #1 rst_n = 1'b1;
    for (int n = 0; n < Cycles; n++) begin
      active = Active[Cycles-1-n];
      start  = Start[Cycles-1-n];
      width  = '1;
      if (n == 1) width = {3'd5, 3'd2, 3'd0};
      if (n == 5) width = {3'd0, 3'd7, 3'd1};
      #1;
      if (on !== {On2[Cycles-1-n], On1[Cycles-1-n], On0[Cycles-1-n]}) begin
        errors = errors + 1;
        $display("cycle %0d: on = %b, not %b", n, on,
                 {On2[Cycles-1-n], On1[Cycles-1-n], On0[Cycles-1-n]});
      end
      #1 clk = 1'b1;
      #1 clk = 1'b0;
    end
    if (errors == 0) $display("PASS");
    $finish;
  end
endmodule
