# weft: builds the compiler and its runtime, runs the demo, the tests and the benchmarks.
# `make help` lists the targets. Everything that is built lies in build/.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
BUILD   ?= build
JOBS    ?= 2
BISON   ?= bison
FLEX    ?= flex
# A compiler that is newer than the project may warn of more: make WERROR=
WERROR  ?= -Werror

# -ffp-contract=off: the same bits from every compiler (compiler/README.md, "Numbers that agree").
STRICT  := -std=c11 -Wall -Wextra $(WERROR) -D_POSIX_C_SOURCE=200809L -ffp-contract=off
INCLUDE := -Icompiler -Iruntime -Igrammar -I$(BUILD)/gen
# gcc sees uninitialized variables in the checks that the sanitizers put in.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer -Wno-maybe-uninitialized
LIBS    := -ldl -lpthread -lm

# The stiff solver's libraries, where they are installed (packages.txt); without them a run that
# needs it says so. make STIFF=no builds without.
STIFF   ?= $(shell $(CC) -E -include cvode/cvode.h -include suitesparse/klu.h -x c /dev/null \
             >/dev/null 2>&1 && echo yes || echo no)
ifeq ($(STIFF),yes)
INCLUDE += -DWEFT_SUNDIALS
LIBS    := -lsundials_cvode -lsundials_nvecserial -lsundials_sunmatrixsparse -lklu $(LIBS)
endif

compiler_sources := $(sort $(shell find compiler -name '*.c'))
runtime_sources  := $(sort $(wildcard runtime/*.c))
unit_sources     := $(sort $(wildcard tests/unit/test_*.c))
support_sources  := $(sort $(wildcard tests/support/*.c))
generated        := $(BUILD)/gen/weft.tab.c $(BUILD)/gen/weft.lex.c

# Two builds from the same sources: obj/ as shipped, san/obj/ with the sanitizers for the tests.
objects_of = $(patsubst %.c,$(1)/%.o,$(2))
compiler_objects := $(call objects_of,$(BUILD)/obj,$(compiler_sources)) \
                    $(generated:$(BUILD)/gen/%.c=$(BUILD)/obj/gen/%.o)
runtime_objects  := $(call objects_of,$(BUILD)/obj,$(runtime_sources))
san_objects      := $(call objects_of,$(BUILD)/san/obj,$(compiler_sources) $(runtime_sources)) \
                    $(generated:$(BUILD)/gen/%.c=$(BUILD)/san/obj/gen/%.o)
san_library      := $(BUILD)/san/libweft-all.a
unit_programs    := $(unit_sources:tests/unit/%.c=$(BUILD)/san/unit/%)
# Programs that take the whole command, or a part of it, into their own process.
trial_programs   := $(addprefix $(BUILD)/san/,damage replay faults)
# Proofs of controllers, faults in them, runs replayed (tests/prove/).
prove_programs   := $(patsubst tests/prove/%.c,$(BUILD)/san/prove/%,\
                      $(sort $(wildcard tests/prove/*.c)))
# Random programs (tests/random/README.md).
random_objects   := $(call objects_of,$(BUILD)/san/obj,$(sort $(wildcard tests/random/*.c)))
random_program   := $(BUILD)/san/random/differential

.PHONY: all always libs demo check check-fast check-long cover mutate prove fuzz unit tools-san \
        bench fmt install help clean setup-demo setup-check setup-fuzz
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/weft $(BUILD)/libweft-rt.a ## build build/weft and build/libweft-rt.a (the default)

# ---- the parser ----

need = @command -v $(1) >/dev/null || \
           { echo "'$(1)' is missing: 'tools/setup.sh build' installs it" >&2; exit 3; }

$(BUILD)/gen/weft.tab.c: grammar/weft.y
	$(call need,$(BISON))
	@mkdir -p $(@D)
	$(BISON) -Wall -Wcounterexamples -Werror --header=$(@:.c=.h) --output=$@ $<
	@touch $(@:.c=.h) # written before the .c, and so older: it would be made again each time

$(BUILD)/gen/weft.tab.h: $(BUILD)/gen/weft.tab.c ;

$(BUILD)/gen/weft.lex.c: grammar/weft.l
	$(call need,$(FLEX))
	@mkdir -p $(@D)
	$(FLEX) --header-file=$(@:.c=.h) --outfile=$@ $<
	@touch $(@:.c=.h)

$(BUILD)/gen/weft.lex.h: $(BUILD)/gen/weft.lex.c ;

# ---- objects; every object names the headers it was made from (.d) ----

compile_with = @mkdir -p $(@D); echo "cc $(@:$(BUILD)/%=%)"; \
               $(1) $(STRICT) $(INCLUDE) $(2) -fPIC -MMD -MP -c -o $@ $<
compile = $(call compile_with,$(CC),$(1))

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(generated:.c=.h)
	$(call compile,$(CFLAGS))
$(BUILD)/obj/%.o: %.c | $(generated:.c=.h)
	$(call compile,$(CFLAGS))
$(BUILD)/san/obj/gen/%.o: $(BUILD)/gen/%.c $(generated:.c=.h)
	$(call compile,$(SANITIZE))
$(BUILD)/san/obj/%.o: %.c | $(generated:.c=.h)
	$(call compile,$(SANITIZE))

# With the libraries or without: not both in one folder. What was built before they came is stale.
$(BUILD)/gen/stiff: $(if $(filter $(STIFF),$(file <$(BUILD)/gen/stiff)),,always)
	@mkdir -p $(@D); echo $(STIFF) >$@
$(foreach folder,obj san/obj,$(BUILD)/$(folder)/runtime/stiff.o \
    $(BUILD)/$(folder)/runtime/stiff_start.o): $(BUILD)/gen/stiff

-include $(compiler_objects:.o=.d) $(runtime_objects:.o=.d) $(san_objects:.o=.d) \
         $(unit_programs:=.d) $(random_objects:.o=.d)

# ---- programs; -rdynamic: a loaded model finds the runtime in the program that loads it ----

$(BUILD)/libweft-rt.a: $(runtime_objects)
	@rm -f $@
	@echo "ar $(@:$(BUILD)/%=%)"; $(AR) rcs $@ $^

$(BUILD)/weft: $(compiler_objects) $(runtime_objects)
	@echo "ld $(@:$(BUILD)/%=%)"; $(CC) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS)

$(BUILD)/san/weft: $(san_objects)
	@echo "ld $(@:$(BUILD)/%=%)"; $(CC) $(SANITIZE) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS)

# A library, so that a unit test takes only the files that it reaches.
$(san_library): $(filter-out $(BUILD)/san/obj/compiler/main.o,$(san_objects))
	@rm -f $@
	@echo "ar $(@:$(BUILD)/%=%)"; $(AR) rcs $@ $^

$(BUILD)/san/unit/%: tests/unit/%.c $(support_sources) $(san_library)
	@mkdir -p $(@D)
	@echo "cc $(@:$(BUILD)/%=%)"; \
	$(CC) $(STRICT) $(INCLUDE) -Itests $(SANITIZE) -MMD -MP -MF $@.d -rdynamic -o $@ $< \
	    $(support_sources) $(san_library) -lcheck_pic -lsubunit -lrt $(LIBS)

# ---- damage, faults, fuzzing; the linker puts the tests between weft and the C library ----

comma := ,
wrap   = $(patsubst %,-Wl$(comma)--wrap=%,$(1))
trial  = @echo "cc $(@:$(BUILD)/%=%)"; \
         $(CC) $(STRICT) $(INCLUDE) -Itests $(SANITIZE) -rdynamic -o $@ $(1) $(san_library) $(LIBS)
harness := tests/fuzz/harness.c
WRAPPED := malloc calloc realloc free strdup strndup \
           open read write fsync close rename mkdir fopen

$(BUILD)/san/damage $(BUILD)/san/replay: $(BUILD)/san/%: tests/fuzz/%.c $(harness) $(san_library)
	$(call trial,$< $(harness) $(call wrap,file_read fopen))

$(BUILD)/san/weft_main.o: compiler/main.c $(san_library)
	@$(CC) $(STRICT) $(INCLUDE) $(SANITIZE) -Dmain=weft_main -c -o $@ $<
$(BUILD)/san/faults: $(wildcard tests/fault/*.[ch]) $(BUILD)/san/weft_main.o $(san_library)
	$(call trial,$(filter %.c %.o,$^) $(call wrap,$(WRAPPED)))

# clang's libFuzzer; its own objects, with coverage counters.
FUZZ_NAMES   := parse compile csv saved
FUZZ_SECONDS ?= 600
CLANG        ?= clang
fuzz_objects := $(patsubst $(BUILD)/san/obj/%,$(BUILD)/fuzz/obj/%,\
                  $(filter-out $(BUILD)/san/obj/compiler/main.o,$(san_objects)))
FUZZ_FLAGS   := $(filter-out -Wno-maybe-uninitialized,$(SANITIZE)) -fsanitize=fuzzer-no-link
$(BUILD)/fuzz/obj/gen/%.o: $(BUILD)/gen/%.c $(generated:.c=.h)
	$(call compile_with,$(CLANG),$(FUZZ_FLAGS))
$(BUILD)/fuzz/obj/%.o: %.c | $(generated:.c=.h)
	$(call compile_with,$(CLANG),$(FUZZ_FLAGS))
-include $(fuzz_objects:.o=.d)
$(BUILD)/fuzz/fuzz_%: tests/fuzz/target.c $(harness) $(fuzz_objects)
	@echo "ld $(@:$(BUILD)/%=%)"; \
	$(CLANG) $(STRICT) $(INCLUDE) -Itests $(FUZZ_FLAGS) -fsanitize=fuzzer -rdynamic \
	    -DTARGET=harness_$* -o $@ $^ $(call wrap,file_read fopen) $(LIBS)

fuzz: setup-fuzz ## install what is missing, fuzz each part for FUZZ_SECONDS (600) with clang
	@$(MAKE) --no-print-directory -j$(JOBS) $(addprefix $(BUILD)/fuzz/fuzz_,$(FUZZ_NAMES))
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(BUILD)/fuzz $(FUZZ_NAMES)

$(prove_programs): $(BUILD)/san/prove/%: tests/prove/%.c tests/prove/machine.h \
                   $(wildcard tests/cosim/*.[ch]) $(san_library)
	@mkdir -p $(@D)
	$(call trial,$<)

$(random_objects): INCLUDE += -Itests
$(random_program): $(random_objects) $(san_library)
	@mkdir -p $(@D)
	@echo "ld $(@:$(BUILD)/%=%)"; $(CC) $(SANITIZE) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS)

# ---- demo, tests, benchmarks ----

setup-demo:
	@tools/setup.sh demo
setup-check:
	@tools/setup.sh check
setup-fuzz:
	@tools/setup.sh fuzz

demo: setup-demo ## install what is missing, build, run the examples (Iris in lockstep)
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@tools/demo.sh $(BUILD)/weft

check: setup-check ## install what is missing, build, run every test
	@$(MAKE) --no-print-directory check-fast

check-fast: ## build and run every test, without the set-up
	@$(MAKE) --no-print-directory -j$(JOBS) all unit $(BUILD)/san/weft $(trial_programs) \
	    $(prove_programs) $(random_program)
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/run.sh

check-long: ## every test with all its cases: hours
	@LONG=1 LIMIT=14400 $(MAKE) --no-print-directory check

unit: $(unit_programs) ## build the unit tests (build/san/unit/), with the sanitizers

# The same rules once more, with gcov's counters in place of the sanitizers.
COVER := $(BUILD)/cover
cover: setup-check ## what the tests run: lines and branches, and what is left (build/cover/)
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(COVER) SANITIZE='-O0 -g --coverage' \
	    unit $(COVER)/san/weft $(COVER)/libweft-rt.a \
	    $(patsubst $(BUILD)/%,$(COVER)/%,$(trial_programs) $(prove_programs))
	@JOBS=$(JOBS) tests/cover/cover.sh $(COVER)

prove: setup-check ## prove every example, every primitive and 100 random controllers
	@$(MAKE) --no-print-directory -j$(JOBS) all $(prove_programs)
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/prove/table.sh

mutate: setup-check ## change the plan's code, MUTANTS (100) times, and see whether a test fails
	@JOBS=$(JOBS) tests/mutate/mutate.sh $(BUILD)/mutate

bench: setup-check ## measure, and print each figure with its target
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@tests/bench/bench.sh $(BUILD)/weft

fmt: ## bring the C sources into the project's form (clang-format)
	find compiler runtime tests -name '*.[ch]' | xargs clang-format -i

install: all ## install below PREFIX (/usr/local; DESTDIR is put in front)
	tools/install.sh $(BUILD) "$(DESTDIR)$(PREFIX)"

libs: # what a program with the whole of weft in it is linked with
	@echo $(LIBS)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    expand -t 20

clean: ## remove everything that was built
	rm -rf $(BUILD)
