// Package app joins everything: it reads the configuration, opens the
// adapters, gives the domains what they need, and is the command line. It is
// the only package that imports adapters.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"chengqiao/internal/errs"
	"chengqiao/internal/message"
)

// Exit codes of the program.
const (
	exitOK = 0
	// exitFailed: the command ran and could not do its work.
	exitFailed = 1
	// exitUsage: wrong arguments, flags or configuration; nothing was done.
	exitUsage = 2
	// exitDiffers: the work was done and its result is not as expected
	// (a golden case, a reconcile difference, rejected lines).
	exitDiffers = 3
	// exitInterrupted: stopped by a signal.
	exitInterrupted = 130
)

// exitError carries an exit code with a message that is already complete.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

func differs(format string, args ...any) error {
	return &exitError{exitDiffers, fmt.Errorf(format, args...)}
}

// Run is the program: it returns its exit code. SIGINT, SIGTERM and SIGHUP end it
// gracefully; a second one at once.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ends := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as it is under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the program at once
	}()
	return run(ctx, args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand(stdin, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var exit *exitError
	switch {
	case errors.As(err, &exit):
		fmt.Fprintln(stderr, "chengqiao:", exit.Error())
		return exit.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "chengqiao: interrupted")
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "chengqiao:", explain(err))
	return exitFailed
}

// explain writes an error for a person at a terminal: the text of its code,
// the fields at fault, and the cause.
func explain(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	// What was being done stands before the code in the wrapped text.
	text := strings.TrimSuffix(err.Error(), e.Error()) + message.Problem("en", e.Code, e.Params)
	if !strings.HasSuffix(text, e.Code) {
		text += " (" + e.Code + ")"
	}
	for _, f := range e.Fields {
		text += fmt.Sprintf("\n  %s: %s (%s)", f.Path, message.Field("en", f.Code, f.Params), f.Code)
	}
	if cause := errors.Unwrap(e); cause != nil {
		text += ": " + cause.Error()
	}
	return text
}

func rootCommand(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "chengqiao",
		Short: "成桥: a technology-transfer marketplace, server and command line in one",
		Long: "成桥 Chengqiao matches research results with the needs of enterprises, carries the deal,\n" +
			"records the contract and splits its income. One program: `chengqiao serve` needs nothing else.\n\n" +
			"Exit codes: 0 done; 1 failed; 2 wrong arguments or configuration, nothing was done;\n" +
			"3 done, but the result differs from what was asked for; 130 interrupted.",
		Example:       "  chengqiao serve --demo\n  chengqiao doctor --config /etc/chengqiao.yaml",
		Args:          cobra.ArbitraryArgs,
		RunE:          choose,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{exitUsage, err} })
	root.CompletionOptions.HiddenDefaultCmd = true
	var flags settingFlags
	flags.register(root)
	root.AddCommand(
		serveCommand(&flags), migrateCommand(&flags), demoCommand(&flags), importCommand(&flags), exportCommand(&flags),
		backupCommand(&flags), restoreCommand(&flags),
		reindexCommand(&flags), reconcileCommand(&flags), embedCommand(&flags), userCommand(&flags), duplicatesCommand(&flags), synonymCommand(&flags), rewardCommand(), evalCommand(), matchCommand(&flags), doctorCommand(&flags), markerCommand(),
	)
	return root
}

// choose is what a command that only groups others does: it shows them, and
// refuses what is none of them, which cobra would overlook.
func choose(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	cmd.SuggestionsMinimumDistance = 2 // as cobra has it for the commands that it refuses itself
	hint := ""
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return usageError("%s has no command %q%s; see `%s --help`", cmd.CommandPath(), args[0], hint, cmd.CommandPath())
}

// exactly is cobra.ExactArgs with the exit code of wrong arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(n)(cmd, args); err != nil {
			return usageError("%v; see `%s --help`", err, cmd.CommandPath())
		}
		return nil
	}
}
