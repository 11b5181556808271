/* The grammar of the language. grammar/README.md explains every rule by name.

   Every action is one call of a builder (compiler/syntax/build.h) and decides nothing; what a rule
   accepts too generously (`a + b = c;`) the builders refuse with a message that says more than
   "syntax error" could. The rules `error ...` are where reading goes on after a message. */

%require "3.8"
%define api.pure full
%define api.prefix {weft_}
%define api.token.prefix {T_}
%define api.location.type {span}
%define parse.error custom
%define parse.lac full
%define lr.default-reduction consistent
%locations
%param {struct parser *p}
%expect 0

%code requires {
#include "syntax/build.h"
}
%code provides {
#define YYSTYPE WEFT_STYPE
#define YYLTYPE WEFT_LTYPE
int weft_lex(WEFT_STYPE *value, WEFT_LTYPE *at, struct parser *p);
}
%code {
#define YYINITDEPTH 400
#define YYMAXDEPTH PARSER_STACK
#define YYMALLOC mem_alloc
#define YYFREE mem_free
#define YYLLOC_DEFAULT(current, rhs, n) \
    ((current) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n)) : span_after(YYRHSLOC(rhs, 0)))
/* make(@$, LOOP, .a = ...): a node of that kind with these fields. */
#define make(place, node_kind, ...) \
    build_node(p, (place), (ast){.kind = AST_##node_kind, __VA_ARGS__})
static void weft_error(const span *at, struct parser *p, const char *problem);
}

%union {
    ast *node;
    ast_list list;
    const char *word;
    int op;
}

%token END_OF_FILE 0 "the end of the file"
%token <word> NAME "a name" STRING "a text"
%token <node> NUM "a number"

%token <word> IMPORT "import" FUNCTION "function" DEVICE "device" BLOCK "block"
%token <word> CROSSBAR "crossbar" SEQUENCER "sequencer" EXPERIMENT "experiment"
%token <word> PARAM "param" IN "in" OUT "out" LET "let" STATE "state" HOLD "hold" BIT "bit"
%token <word> REPORT "report" REG "reg" INPUT "input" OUTPUT "output" UINT "uint"
%token <word> PART "part" LINE "line" NODE "node"
%token <word> DER "der" WHEN "when" ELSE "else" AND "and" OR "or" NOT "not"
%token <word> PHASE "phase" FOR "for" AT "at" BEGIN "begin" END "end" DURING "during"
%token <word> ASSERT "assert" REQUIRE "require"
%token <word> GUARANTEE "guarantee" NEVER "never" LOOP "loop" REPEAT "repeat" WHILE "while"
%token <word> IF "if" PAR "par" AWAIT "await" UNTIL "until"

%token <word> XOR "xor" TERMINAL "terminal" ROW "row" COL "col" ROWS "rows" COLS "cols"
%token <word> OF "of" WITH "with"
%token <word> WHERE "where" PULSE "pulse" WITHIN "within" CYCLES "cycles"
%token <word> LIKE "like" DATA "data" CSV "csv" IDX "idx" SPLIT "split" ORDER "order"
%token <word> SEQUENCE "sequence" TRAIN "train" TEST "test" EPOCH "epoch" EPOCHS "epochs"
%token <word> TRIALS "trials" SHUFFLE "shuffle" RANDOM "random" EVERY "every" AFTER "after"
%token <word> RUN "run" PRESENT "present" EDGE "edge" INIT "init" VARY "vary" NOISE "noise"
%token <word> PER "per" MEASURE "measure" RECORD "record" FROM "from" PLOT "plot" OVER "over"
%token <word> EXPECT "expect" SWEEP "sweep" SOLVER "solver"

%token ARROW "<-" RANGE ".." LE "<=" GE ">=" EQ "==" NE "!=" SHL "<<" SHR ">>"
%token SCALE "*=" SHIFT "+="

%type <list> definitions generics_opt generics items declared extents_opt exprs names
%type <list> nodes parts part_extents_opt arguments_opt arguments with_settings_opt settings
%type <list> phase_arguments_opt parameters_opt parameters phase_with_opt phase_uses
%type <list> assignments body assignment_body clock_opt sequencer_body controls statement_body
%type <list> statements experiment_body experiment_items data_body data_items data_rows_body
%type <list> data_rows row_values paths presentation steps stimulus_body_opt sweeps cases
%type <node> definition generic item unit_opt unit unit_power unit_atom range_opt initial_opt
%type <node> decl node part apply parameter phase_for_opt phase_use event_body_owner
%type <node> assignment control statement if_statement experiment_item data_item data_row
%type <node> draw per_opt step order_opt present_edge_opt measure_at_opt where_opt sweep
%type <node> rhs when case else expr path call argument setting extent
%type <word> name dotted
%type <op> declaration_kind register_kind side draw_kind draw_operator

%precedence TERMINAL /* `terminal xor` begins a declaration */
%precedence NO_ELSE
%precedence ','
%left OR
%left XOR
%left AND
%precedence NOT
%left '<' '>' LE GE EQ NE
%left SHL SHR
%left '+' '-'
%left '*' '/'
%precedence NEGATIVE
%left '^'

%%

/* ---- a file ------------------------------------------------------------------------------ */

file: definitions { build_file(p, @$, $1); };

definitions:
    %empty { $$ = list_empty(); }
  | definitions definition { $$ = list_add($1, $2); };

definition:
    IMPORT dotted ';' { $$ = make(@$, IMPORT, .name = $2); }
  | FUNCTION name '(' parameters_opt ')' unit_opt '=' rhs ';'
        { $$ = make(@$, FUNCTION, .name = $2, .a = $4.first, .b = $6, .c = $8); }
  | DEVICE name generics_opt body
        { $$ = build_owner(p, make(@$, DEVICE, .name = $2, .a = $3.first, .b = $4.first)); }
  | BLOCK name generics_opt body
        { $$ = build_owner(p, make(@$, BLOCK, .name = $2, .a = $3.first, .b = $4.first)); }
  | EXPERIMENT name OF apply experiment_body
        { $$ = make(@$, EXPERIMENT, .name = $2, .op = OF_BLOCK, .a = $4, .b = $5.first); }
  | EXPERIMENT name LIKE name experiment_body
        { $$ = make(@$, EXPERIMENT, .name = $2, .op = LIKE_EXPERIMENT,
                    .a = make(@4, NAME, .name = $4), .b = $5.first); }
  | IMPORT error ';' { $$ = build_nothing(p); yyerrok; }
  | FUNCTION error ';' { $$ = build_nothing(p); yyerrok; }
  | DEVICE error body { $$ = build_nothing(p); yyerrok; }
  | BLOCK error body { $$ = build_nothing(p); yyerrok; }
  | EXPERIMENT error experiment_body { $$ = build_nothing(p); yyerrok; }
  | error ';' { $$ = build_nothing(p); yyerrok; };

dotted:
    name
  | dotted '.' name { $$ = build_dotted(p, $1, $3); };

generics_opt:
    %empty { $$ = list_empty(); }
  | '(' ')' { $$ = list_empty(); }
  | '(' generics ')' { $$ = $2; };

generics:
    generic { $$ = list_of($1); }
  | generics ',' generic { $$ = list_add($1, $3); };

generic:
    name { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_COUNT); }
  | name '=' expr { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_COUNT, .a = $3); }
  | name '[' ']' { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_LIST); }
  | name ':' DEVICE { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_DEVICE); }
  | name ':' BLOCK { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_BLOCK); }
  | name ':' FUNCTION { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_FUNCTION); }
  | name ':' DEVICE '=' apply { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_DEVICE, .a = $5); }
  | name ':' BLOCK '=' apply { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_BLOCK, .a = $5); }
  | name ':' FUNCTION '=' apply
        { $$ = make(@$, GENERIC, .name = $1, .op = GENERIC_FUNCTION, .a = $5); };

/* ---- devices, blocks and phases ---------------------------------------------------------- */

body:
    '{' items '}' { $$ = $2; }
  | '{' items error '}' { $$ = build_recovered(p, $2); yyerrok; };

items:
    %empty { $$ = list_empty(); }
  | items item { $$ = list_add($1, $2); };

item:
    declaration_kind declared ';' { $$ = make(@$, DECLS, .op = $1, .a = $2.first); }
  | TERMINAL names ';' { $$ = make(@$, TERMINAL, .a = $2.first); }
  | LINE side name unit_opt ';' { $$ = make(@$, LINE, .op = $2, .name = $3, .a = $4); }
  | NODE nodes ';' { $$ = make(@$, NODE, .a = $2.first); }
  | PART parts ';' { $$ = make(@$, PARTS, .a = $2.first); }
  | CROSSBAR name '[' expr ROWS ',' expr COLS ']' OF apply with_settings_opt ';'
        { $$ = make(@$, CROSSBAR, .name = $2, .a = $4, .b = $7, .c = $11, .d = $12.first); }
  | expr '=' rhs ';' { $$ = build_equation(p, @$, $1, $3); }
  | expr ARROW rhs ';' { $$ = make(@$, CONNECT, .a = $1, .b = $3); }
  | expr ';' { $$ = build_implicit(p, @$, $1); }
  | ASSERT expr ';' { $$ = make(@$, ASSERT, .a = $2); }
  | REQUIRE expr ';' { $$ = make(@$, REQUIRE, .a = $2); }
  | PHASE name phase_arguments_opt phase_for_opt phase_with_opt body
        { $$ = build_owner(p, make(@$, PHASE, .name = $2, .a = $3.first, .b = $4, .c = $5.first,
                                   .d = $6.first)); }
  | AT event_body_owner assignment_body { $$ = build_event(p, @$, $2, $3); }
  | DURING expr RANGE expr body
        { $$ = build_owner(p, make(@$, DURING, .a = $2, .b = $4, .c = $5.first)); }
  | SEQUENCER name clock_opt sequencer_body
        { $$ = make(@$, SEQUENCER, .name = $2, .a = $3.first, .b = $4.first); }
  | CROSSBAR error ';' { $$ = build_nothing(p); yyerrok; }
  | PHASE error body { $$ = build_nothing(p); yyerrok; }
  | AT error assignment_body { $$ = build_nothing(p); yyerrok; }
  | DURING error body { $$ = build_nothing(p); yyerrok; }
  | SEQUENCER error sequencer_body { $$ = build_nothing(p); yyerrok; }
  | error ';' { $$ = build_nothing(p); yyerrok; };

declaration_kind:
    PARAM { $$ = DECL_PARAM; }
  | IN { $$ = DECL_IN; }
  | OUT { $$ = DECL_OUT; }
  | LET { $$ = DECL_LET; }
  | STATE { $$ = DECL_STATE; }
  | HOLD { $$ = DECL_HOLD; }
  | BIT { $$ = DECL_BIT; }
  | REPORT { $$ = DECL_REPORT; };

declared:
    decl { $$ = list_of($1); }
  | declared ',' decl { $$ = list_add($1, $3); };

decl: name extents_opt unit_opt range_opt initial_opt
        { $$ = make(@$, DECL, .name = $1, .a = $2.first, .b = $3, .c = $4, .d = $5); };

extents_opt:
    %empty { $$ = list_empty(); }
  | '[' exprs ']' { $$ = $2; };

unit_opt:
    %empty { $$ = NULL; }
  | ':' unit { $$ = $2; };

range_opt:
    %empty { $$ = NULL; }
  | IN '[' expr ',' expr ']' { $$ = make(@$, INTERVAL, .a = $3, .b = $5); };

initial_opt:
    %empty { $$ = NULL; }
  | '=' rhs { $$ = $2; };

side:
    ROW { $$ = SIDE_ROW; }
  | COL { $$ = SIDE_COL; };

names:
    name { $$ = list_of(make(@$, NAME, .name = $1)); }
  | names ',' name { $$ = list_add($1, make(@3, NAME, .name = $3)); };

nodes:
    node { $$ = list_of($1); }
  | nodes ',' node { $$ = list_add($1, $3); };

node:
    name { $$ = make(@$, NAME, .name = $1); }
  | name '[' exprs ']' { $$ = make(@$, INDEX, .a = make(@1, NAME, .name = $1), .b = $3.first); };

parts:
    part { $$ = list_of($1); }
  | parts ',' part { $$ = list_add($1, $3); };

part: name part_extents_opt ':' apply
        { $$ = make(@$, PART, .name = $1, .a = $2.first, .b = $4); };

part_extents_opt:
    %empty { $$ = list_empty(); }
  | '[' extent ']' { $$ = list_of($2); }
  | '[' extent ',' exprs ']' { $$ = list_join(list_of($2), $4); };

extent:
    expr
  | name IN expr RANGE expr { $$ = make(@$, FORINDEX, .name = $1, .a = $3, .b = $5); };

apply:
    name { $$ = make(@$, APPLY, .name = $1); }
  | name '(' arguments_opt ')' { $$ = make(@$, APPLY, .name = $1, .a = $3.first); };

arguments_opt:
    %empty { $$ = list_empty(); }
  | arguments;

arguments:
    argument { $$ = list_of($1); }
  | arguments ',' argument { $$ = list_add($1, $3); };

argument:
    expr { $$ = make(@$, ARG, .a = $1); }
  | setting;

setting: name '=' expr { $$ = make(@$, ARG, .name = $1, .a = $3); };

with_settings_opt:
    %empty { $$ = list_empty(); }
  | WITH settings { $$ = $2; };

settings:
    setting { $$ = list_of($1); }
  | settings ',' setting { $$ = list_add($1, $3); };

phase_arguments_opt:
    %empty { $$ = list_empty(); }
  | '(' parameters_opt ')' { $$ = $2; };

parameters_opt:
    %empty { $$ = list_empty(); }
  | parameters;

parameters:
    parameter { $$ = list_of($1); }
  | parameters ',' parameter { $$ = list_add($1, $3); };

parameter: name extents_opt unit_opt
        { $$ = make(@$, DECL, .name = $1, .a = $2.first, .b = $3); };

phase_for_opt:
    %empty { $$ = NULL; }
  | FOR expr { $$ = $2; };

phase_with_opt:
    %empty { $$ = list_empty(); }
  | WITH phase_uses { $$ = $2; };

phase_uses:
    phase_use { $$ = list_of($1); }
  | phase_uses ',' phase_use { $$ = list_add($1, $3); };

phase_use:
    path
  | call;

event_body_owner:
    BEGIN { $$ = make(@$, AT, .op = AT_BEGIN); }
  | END { $$ = make(@$, AT, .op = AT_END); }
  | expr { $$ = build_moment(p, @$, $1); };

assignment_body:
    '{' assignments '}' { $$ = $2; }
  | '{' assignments error '}' { $$ = build_recovered(p, $2); yyerrok; };

assignments:
    %empty { $$ = list_empty(); }
  | assignments assignment { $$ = list_add($1, $2); };

assignment:
    path '=' rhs ';' { $$ = make(@$, ASSIGN, .a = $1, .b = $3); }
  | error ';' { $$ = build_nothing(p); yyerrok; };

/* ---- units ------------------------------------------------------------------------------- */

unit:
    unit_power
  | unit '*' unit_power { $$ = make(@$, UNIT_BINARY, .op = OP_MUL, .a = $1, .b = $3); }
  | unit '/' unit_power { $$ = make(@$, UNIT_BINARY, .op = OP_DIV, .a = $1, .b = $3); };

unit_power:
    unit_atom
  | unit_atom '^' NUM { $$ = build_unit_power(p, @$, $1, $3, 1); }
  | unit_atom '^' '-' NUM { $$ = build_unit_power(p, @$, $1, $4, -1); };

unit_atom:
    name { $$ = build_unit_name(p, @$, $1); }
  | NUM { $$ = build_unit_one(p, @$, $1); }
  | BIT { $$ = make(@$, UNIT_NAME, .name = $1); }
  | UINT '[' expr ']' { $$ = make(@$, UNIT_NAME, .name = $1, .a = $3); }
  | '(' unit ')' { $$ = make(@$, UNIT_GROUP, .a = $2); };

/* ---- sequencers -------------------------------------------------------------------------- */

clock_opt:
    %empty { $$ = list_empty(); }
  | '(' arguments_opt ')' { $$ = $2; };

sequencer_body:
    '{' controls '}' { $$ = $2; }
  | '{' controls error '}' { $$ = build_recovered(p, $2); yyerrok; };

controls:
    %empty { $$ = list_empty(); }
  | controls control { $$ = list_add($1, $2); };

control:
    register_kind declared ';' { $$ = make(@$, DECLS, .op = $1, .a = $2.first); }
  | GUARANTEE NEVER phase_use WITH phase_use ';'
        { $$ = make(@$, GUARANTEE, .op = GUARANTEE_NEVER, .a = $3, .b = $5); }
  | GUARANTEE expr WITHIN expr CYCLES OF expr ';'
        { $$ = make(@$, GUARANTEE, .op = GUARANTEE_WITHIN, .a = $2, .b = $4, .c = $7); }
  | GUARANTEE expr ';' { $$ = make(@$, GUARANTEE, .op = GUARANTEE_ALWAYS, .a = $2); }
  | statement;

register_kind:
    REG { $$ = DECL_REG; }
  | INPUT { $$ = DECL_INPUT; }
  | OUTPUT { $$ = DECL_OUTPUT; };

statement_body:
    '{' statements '}' { $$ = $2; }
  | '{' statements error '}' { $$ = build_recovered(p, $2); yyerrok; };

statements:
    %empty { $$ = list_empty(); }
  | statements statement { $$ = list_add($1, $2); };

statement:
    LOOP statement_body { $$ = make(@$, LOOP, .a = $2.first); }
  | FOR name IN expr RANGE expr statement_body
        { $$ = make(@$, FOR, .name = $2, .a = $4, .b = $6, .c = $7.first); }
  | REPEAT expr statement_body { $$ = make(@$, REPEAT, .a = $2, .c = $3.first); }
  | REPEAT expr WHILE expr statement_body
        { $$ = make(@$, REPEAT, .a = $2, .b = $4, .c = $5.first); }
  | REPEAT WHILE expr statement_body { $$ = make(@$, REPEAT, .b = $3, .c = $4.first); }
  | if_statement
  | PAR statement_body { $$ = make(@$, PAR, .a = $2.first); }
  | statement_body { $$ = make(@$, GROUP, .a = $1.first); }
  | AWAIT expr ';' { $$ = make(@$, AWAIT, .op = AWAIT_BIT, .a = $2); }
  | AWAIT expr CYCLES ';' { $$ = make(@$, AWAIT, .op = AWAIT_CYCLES, .a = $2); }
  | PULSE path ';' { $$ = make(@$, PULSE, .a = $2); }
  | phase_use ';' { $$ = make(@$, RUNPHASE, .a = $1); }
  | phase_use UNTIL expr ';' { $$ = make(@$, COMPARE, .a = $1, .b = $3); }
  | DURING phase_use statement_body { $$ = make(@$, HOLDPHASE, .a = $2, .b = $3.first); }
  | path '=' rhs ';' { $$ = make(@$, ASSIGN, .a = $1, .b = $3); }
  | LOOP error statement_body { $$ = build_nothing(p); yyerrok; }
  | FOR error statement_body { $$ = build_nothing(p); yyerrok; }
  | REPEAT error statement_body { $$ = build_nothing(p); yyerrok; }
  | PAR error statement_body { $$ = build_nothing(p); yyerrok; }
  | DURING error statement_body { $$ = build_nothing(p); yyerrok; }
  | error ';' { $$ = build_nothing(p); yyerrok; };

if_statement:
    IF expr statement_body { $$ = make(@$, IF, .a = $2, .b = $3.first); }
  | IF expr statement_body ELSE statement_body
        { $$ = make(@$, IF, .a = $2, .b = $3.first, .c = $5.first); }
  | IF expr statement_body ELSE if_statement
        { $$ = make(@$, IF, .a = $2, .b = $3.first, .c = $5); }
  | IF error statement_body { $$ = build_nothing(p); yyerrok; };

/* ---- experiments ------------------------------------------------------------------------- */

experiment_body:
    '{' experiment_items '}' { $$ = $2; }
  | '{' experiment_items error '}' { $$ = build_recovered(p, $2); yyerrok; };

experiment_items:
    %empty { $$ = list_empty(); }
  | experiment_items experiment_item { $$ = list_add($1, $2); };

experiment_item:
    DATA CSV STRING data_body
        { $$ = make(@$, DATA, .op = DATA_CSV, .a = make(@3, STRING, .name = $3), .b = $4.first); }
  | DATA ROWS data_rows_body { $$ = make(@$, DATA, .op = DATA_ROWS, .b = $3.first); }
  | DATA IDX TRAIN STRING ',' STRING TEST STRING ',' STRING data_body
        { $$ = build_images(p, @$, make(@4, STRING, .name = $4), make(@6, STRING, .name = $6),
                            make(@8, STRING, .name = $8), make(@10, STRING, .name = $10), $11); }
  | draw
  | TRAIN expr EPOCHS order_opt presentation
        { $$ = make(@$, TRAIN, .op = TRAIN_EPOCHS, .a = $2, .b = $5.first, .c = $4); }
  | TRAIN expr TRIALS order_opt presentation
        { $$ = make(@$, TRAIN, .op = TRAIN_TRIALS, .a = $2, .b = $5.first, .c = $4); }
  | TEST presentation { $$ = make(@$, TEST, .op = TEST_END, .a = $2.first); }
  | TEST EVERY EPOCH presentation { $$ = make(@$, TEST, .op = TEST_EVERY_EPOCH, .a = $4.first); }
  | AFTER EPOCH assignment_body { $$ = make(@$, AFTER, .a = $3.first); }
  | RUN FOR expr ';' { $$ = make(@$, RUN, .a = $3); }
  | RUN presentation { $$ = make(@$, RUN, .b = $2.first); }
  | MEASURE name '=' rhs measure_at_opt ';'
        { $$ = make(@$, MEASURE, .name = $2, .a = $4, .b = $5); }
  | RECORD exprs ';' { $$ = make(@$, RECORD, .a = $2.first); }
  | RECORD exprs AT EVERY expr ';' { $$ = make(@$, RECORD, .a = $2.first, .b = $5); }
  | RECORD exprs AT EVERY expr FROM expr ';'
        { $$ = make(@$, RECORD, .a = $2.first, .b = $5, .c = $7); }
  | PLOT exprs OVER expr ';' { $$ = make(@$, PLOT, .a = $2.first, .b = $4); }
  | REPEAT expr ';' { $$ = make(@$, REPEATS, .a = $2); }
  | EXPECT expr where_opt ';' { $$ = make(@$, EXPECT, .a = $2, .b = $3); }
  | SWEEP sweeps ';' { $$ = make(@$, SWEEP, .a = $2.first); }
  | SOLVER phase_use ';' { $$ = make(@$, SOLVER, .a = $2); }
  | ASSERT expr ';' { $$ = make(@$, ASSERT, .a = $2); }
  | path '=' rhs ';' { $$ = make(@$, EQUATION, .a = $1, .b = $3); }
  | REPEAT error presentation { $$ = build_nothing(p); yyerrok; }
  | DATA error data_body { $$ = build_nothing(p); yyerrok; }
  | TRAIN error presentation { $$ = build_nothing(p); yyerrok; }
  | TEST error presentation { $$ = build_nothing(p); yyerrok; }
  | AFTER error assignment_body { $$ = build_nothing(p); yyerrok; }
  | error ';' { $$ = build_nothing(p); yyerrok; };

data_body:
    '{' data_items '}' { $$ = $2; }
  | '{' data_items error '}' { $$ = build_recovered(p, $2); yyerrok; };

data_items:
    %empty { $$ = list_empty(); }
  | data_items data_item { $$ = list_add($1, $2); };

data_item:
    path '=' rhs ';' { $$ = make(@$, EQUATION, .a = $1, .b = $3); }
  | SPLIT TRAIN expr ',' TEST expr ';'
        { $$ = make(@$, SPLIT, .op = SPLIT_RANDOM, .a = $3, .b = $6); }
  | SPLIT IN ORDER TRAIN expr ',' TEST expr ';'
        { $$ = make(@$, SPLIT, .op = SPLIT_ORDER, .a = $5, .b = $8); }
  | SEQUENCE expr ';' { $$ = make(@$, SEQUENCE, .a = $2); }
  | error ';' { $$ = build_nothing(p); yyerrok; };

data_rows_body:
    '{' data_rows '}' { $$ = $2; }
  | '{' data_rows error '}' { $$ = build_recovered(p, $2); yyerrok; };

data_rows:
    %empty { $$ = list_empty(); }
  | data_rows data_row { $$ = list_add($1, $2); };

data_row:
    name '=' row_values ';' { $$ = make(@$, ROWS, .name = $1, .a = $3.first); }
  | SPLIT TRAIN expr ',' TEST expr ';'
        { $$ = make(@$, SPLIT, .op = SPLIT_RANDOM, .a = $3, .b = $6); }
  | SPLIT IN ORDER TRAIN expr ',' TEST expr ';'
        { $$ = make(@$, SPLIT, .op = SPLIT_ORDER, .a = $5, .b = $8); }
  | SEQUENCE expr ';' { $$ = make(@$, SEQUENCE, .a = $2); }
  | error ';' { $$ = build_nothing(p); yyerrok; };

row_values: exprs;

draw: draw_kind paths draw_operator rhs per_opt ';'
        { $$ = build_draw(p, @$, $1, $2, @3, $3, $4, $5); };

draw_kind:
    INIT { $$ = DRAW_INIT; }
  | VARY { $$ = DRAW_VARY; }
  | NOISE { $$ = DRAW_NOISE; };

draw_operator:
    '=' { $$ = '='; }
  | '~' { $$ = '~'; }
  | SCALE { $$ = '*'; }
  | SHIFT { $$ = '+'; };

per_opt:
    %empty { $$ = NULL; }
  | PER DEVICE { $$ = make(@2, NAME, .name = $2); }
  | PER PART { $$ = make(@2, NAME, .name = $2); }
  | PER path { $$ = $2; };

paths:
    path { $$ = list_of($1); }
  | paths ',' path { $$ = list_add($1, $3); };

order_opt:
    %empty { $$ = NULL; }
  | SHUFFLE { $$ = make(@$, NAME, .name = $1); }
  | RANDOM { $$ = make(@$, NAME, .name = $1); };

presentation:
    '{' steps '}' { $$ = $2; }
  | '{' steps error '}' { $$ = build_recovered(p, $2); yyerrok; };

steps:
    %empty { $$ = list_empty(); }
  | steps step { $$ = list_add($1, $2); };

step:
    phase_use ';' { $$ = make(@$, RUNPHASE, .a = $1); }
  | PRESENT FOR expr present_edge_opt stimulus_body_opt
        { $$ = make(@$, PRESENT, .a = $3, .b = $4, .c = $5.first); }
  | FOR name IN expr RANGE expr presentation
        { $$ = make(@$, FOR, .name = $2, .a = $4, .b = $6, .c = $7.first); }
  | FOR name IN SEQUENCE presentation
        { $$ = make(@$, INCLUDE_SEQUENCE, .name = $2, .a = $5.first); }
  | FOR error presentation { $$ = build_nothing(p); yyerrok; }
  | error ';' { $$ = build_nothing(p); yyerrok; };

present_edge_opt:
    %empty { $$ = NULL; }
  | EDGE expr { $$ = $2; };

stimulus_body_opt:
    ';' { $$ = list_empty(); }
  | assignment_body { $$ = build_stimuli(p, $1); };

measure_at_opt:
    %empty { $$ = NULL; }
  | AT expr { $$ = $2; };

where_opt:
    %empty { $$ = NULL; }
  | WHERE expr { $$ = $2; };

sweeps:
    sweep { $$ = list_of($1); }
  | sweeps ',' sweep { $$ = list_add($1, $3); };

sweep: name IN expr { $$ = make(@$, ARG, .name = $1, .a = $3); };

/* ---- expressions ------------------------------------------------------------------------- */

rhs:
    expr
  | when;

when:
    cases ',' else { $$ = make(@$, WHEN, .a = $1.first, .b = $3); }
  | cases %prec NO_ELSE { $$ = build_when_open(p, @$, $1); };

cases:
    case { $$ = list_of($1); }
  | cases ',' case { $$ = list_add($1, $3); };

case: WHEN expr ':' expr { $$ = make(@$, CASE, .a = $2, .b = $4); };

else: ELSE expr { $$ = $2; };

exprs:
    expr { $$ = list_of($1); }
  | exprs ',' expr { $$ = list_add($1, $3); };

expr:
    NUM
  | STRING { $$ = make(@$, STRING, .name = $1); }
  | path
  | call
  | path '(' arguments ':' rhs ')' { $$ = build_reduce(p, @$, $1, $3, NULL, $5); }
  | path '(' arguments WHERE expr ':' rhs ')' { $$ = build_reduce(p, @$, $1, $3, $5, $7); }
  | DER '(' expr ')' { $$ = build_word_call(p, @$, @1, $1, $3); }
  | NODE '(' expr ')' { $$ = build_word_call(p, @$, @1, $1, $3); }
  | '(' rhs ')' { $$ = build_closed($2, @$); }
  | '{' exprs '}' { $$ = make(@$, TUPLE, .a = $2.first); }
  | '-' expr %prec NEGATIVE { $$ = make(@$, UNARY, .op = OP_NEG, .a = $2); }
  | NOT expr { $$ = make(@$, UNARY, .op = OP_NOT, .a = $2); }
  | expr '^' expr { $$ = build_power(p, @$, $1, $3); }
  | expr '*' expr { $$ = make(@$, BINARY, .op = OP_MUL, .a = $1, .b = $3); }
  | expr '/' expr { $$ = make(@$, BINARY, .op = OP_DIV, .a = $1, .b = $3); }
  | expr '+' expr { $$ = make(@$, BINARY, .op = OP_ADD, .a = $1, .b = $3); }
  | expr '-' expr { $$ = make(@$, BINARY, .op = OP_SUB, .a = $1, .b = $3); }
  | expr SHL expr { $$ = make(@$, BINARY, .op = OP_SHL, .a = $1, .b = $3); }
  | expr SHR expr { $$ = make(@$, BINARY, .op = OP_SHR, .a = $1, .b = $3); }
  | expr '<' expr { $$ = build_comparison(p, @$, OP_LT, $1, $3); }
  | expr '>' expr { $$ = build_comparison(p, @$, OP_GT, $1, $3); }
  | expr LE expr { $$ = build_comparison(p, @$, OP_LE, $1, $3); }
  | expr GE expr { $$ = build_comparison(p, @$, OP_GE, $1, $3); }
  | expr EQ expr { $$ = build_comparison(p, @$, OP_EQ, $1, $3); }
  | expr NE expr { $$ = build_comparison(p, @$, OP_NE, $1, $3); }
  | expr AND expr { $$ = make(@$, BINARY, .op = OP_AND, .a = $1, .b = $3); }
  | expr XOR expr { $$ = make(@$, BINARY, .op = OP_XOR, .a = $1, .b = $3); }
  | expr OR expr { $$ = make(@$, BINARY, .op = OP_OR, .a = $1, .b = $3); };

path:
    name { $$ = make(@$, NAME, .name = $1); }
  | path '.' name { $$ = make(@$, MEMBER, .name = $3, .a = $1); }
  | path '[' exprs ']' { $$ = make(@$, INDEX, .a = $1, .b = $3.first); };

call: path '(' arguments_opt ')' { $$ = make(@$, CALL, .a = $1, .b = $3.first); };

name:
    NAME | XOR | TERMINAL | ROW | COL | ROWS | COLS | OF | WITH | WHERE | PULSE | WITHIN | CYCLES
  | LIKE | DATA | CSV | IDX | SPLIT | ORDER | SEQUENCE | TRAIN | TEST | EPOCH | EPOCHS | TRIALS
  | SHUFFLE | RANDOM | EVERY | AFTER | RUN | PRESENT | EDGE | INIT | VARY | NOISE | PER | MEASURE
  | RECORD | FROM | PLOT | OVER | EXPECT | SWEEP | SOLVER;

%%

static void weft_error(const span *at, struct parser *p, const char *problem) {
    (void)problem; /* the only one left to bison: its stack is full */
    report_nesting(p, *at, SYNTAX_DEPTH);
}

/* Hands what was found and what could have stood there to compiler/syntax/unexpected.c; a return
   value of 2 makes bison give up, which is how a text is read again with a ';' put in. */
static int yyreport_syntax_error(const yypcontext_t *context, struct parser *p) {
    yysymbol_kind_t kinds[EXPECTED_MAX];
    const char *texts[EXPECTED_MAX];
    int n = yypcontext_expected_tokens(context, kinds, EXPECTED_MAX);
    if (n < 0) return 2;
    for (int k = 0; k < n; ++k) texts[k] = yysymbol_name(kinds[k]);
    return report_unexpected(p, *yypcontext_location(context), texts, n) ? 0 : 2;
}
