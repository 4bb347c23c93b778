package benchmark

import (
	"context"
	"errors"

	"chengqiao/internal/meiliserver"
)

// shared measures the program with a Meilisearch of its own behind it.
func (b *bench) shared(ctx context.Context) (err error) {
	server, err := meiliserver.Start(ctx, b.Meilisearch)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	err = b.program(ctx, "ours, Meilisearch", "-meilisearch", "search.engine=meilisearch", "search.url="+server.URL, "search.key="+server.Key)
	if err != nil {
		return err
	}
	used, err := peak(server.PID())
	b.say("Meilisearch itself: %d MiB at its peak", used)
	return err
}
