package redis

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
)

const busPrefix = namespace + "bus:"

// bus listens on one connection for the whole process and shares out in memory
// what arrives, so that ten thousand readers do not need as many connections.
type bus struct {
	client *redis.Client
	local  *memory.Bus
	pubsub *redis.PubSub
	log    *slog.Logger
	turn   chan struct{} // holds one token while somebody talks to the server
	done   chan struct{} // closed when receive has ended

	mu sync.Mutex
	// listening has a channel for each topic that the server was asked for;
	// it is closed when the server has confirmed.
	listening map[string]chan struct{}
}

var _ kv.Bus = (*bus)(nil)

func newBus(client *redis.Client, log *slog.Logger) *bus {
	b := &bus{
		client: client, local: memory.NewBus(), log: log,
		pubsub:    client.Subscribe(context.Background()), // to no channel yet
		turn:      make(chan struct{}, 1),
		done:      make(chan struct{}),
		listening: map[string]chan struct{}{},
	}
	b.local.Idle = b.leave
	go b.receive()
	return b
}

// Publish implements kv.Bus.
func (b *bus) Publish(ctx context.Context, topic string, payload []byte) error {
	return mapped(ctx, b.client.Publish(ctx, busPrefix+topic, payload).Err())
}

// Subscribe implements kv.Bus.
func (b *bus) Subscribe(ctx context.Context, topics ...string) (*kv.Subscription, error) {
	s, err := b.local.Subscribe(ctx, topics...)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, dialTimeout+replyTimeout)
	defer cancel()
	for _, topic := range topics {
		confirmed, err := b.listen(waiting, topic)
		if err != nil {
			s.Close()
			return nil, mapped(ctx, err)
		}
		select {
		case <-confirmed:
		case <-waiting.Done():
			s.Close()
			return nil, mapped(ctx, waiting.Err())
		}
	}
	return s, nil
}

// listen asks the server for topic unless that was done.
func (b *bus) listen(ctx context.Context, topic string) (confirmed <-chan struct{}, err error) {
	if err := b.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer b.giveTurn()
	c, asked := b.expect(topic)
	if asked {
		return c, nil
	}
	return c, b.pubsub.Subscribe(ctx, busPrefix+topic)
}

// leave tells the server that nobody here reads topic any more. Where that
// fails the topic stays in listening, and serves the next reader.
func (b *bus) leave(topic string) {
	ctx, cancel := context.WithTimeout(context.Background(), replyTimeout)
	defer cancel()
	if err := b.takeTurn(ctx); err != nil {
		return
	}
	defer b.giveTurn()
	if b.local.Listening(topic) {
		return
	}
	b.forget(topic)
	if err := b.pubsub.Unsubscribe(ctx, busPrefix+topic); err != nil {
		// The library forgets the channel all the same, and a broken
		// connection takes the server's side of it along.
		b.log.Debug("leave a topic", "topic", topic, "error", err)
	}
}

// takeTurn keeps requests to the server in the order of the changes to
// listening. It is a channel and not a mutex so that nobody waits for a
// server that is away longer than they wanted to.
func (b *bus) takeTurn(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bus) giveTurn() { <-b.turn }

func (b *bus) expect(topic string) (confirmed chan struct{}, asked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := b.listening[topic]; ok {
		return c, true
	}
	c := make(chan struct{})
	b.listening[topic] = c
	return c, false
}

func (b *bus) forget(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.listening, topic)
}

// receive runs until the connection is closed by us. The library reconnects by
// itself, asks for all channels anew and passes on the confirmations: a second
// one for the same topic means that messages may have been lost meanwhile.
func (b *bus) receive() {
	defer close(b.done)
	for received := range b.pubsub.ChannelWithSubscriptions() {
		switch m := received.(type) {
		case *redis.Message:
			topic := strings.TrimPrefix(m.Channel, busPrefix)
			if err := b.local.Publish(context.Background(), topic, []byte(m.Payload)); err != nil {
				return // closed
			}
		case *redis.Subscription:
			if m.Kind == "subscribe" {
				b.confirm(strings.TrimPrefix(m.Channel, busPrefix))
			}
		}
	}
}

func (b *bus) confirm(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	confirmed, ok := b.listening[topic]
	if !ok {
		return
	}
	select {
	case <-confirmed:
		b.local.Missed(topic)
	default:
		close(confirmed)
	}
}

func (b *bus) close() error {
	err := b.pubsub.Close()
	<-b.done
	b.local.Close()
	return err
}
