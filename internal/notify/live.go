package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
)

// LiveEvent tells an open page that something has changed. It carries no
// content: the page reloads what it shows, by its own right to read it.
type LiveEvent struct {
	Name      event.Name `json:"name"`
	Kind      string     `json:"kind"`
	SubjectID string     `json:"subject_id"`
	At        time.Time  `json:"at"`
}

// Signal is what a bus delivers: a payload, or the notice that some were missed.
type Signal struct {
	Topic   string
	Payload []byte
	Missed  bool
}

// Bus carries live events between replicas, at most once.
type Bus interface {
	Publish(ctx context.Context, topic string, payload []byte) error
	// Subscribe listens to topics until ctx ends; then, or when the bus ends,
	// the channel is closed. A reader that is too slow misses signals and is told.
	Subscribe(ctx context.Context, topics ...string) (<-chan Signal, error)
}

// Update is what a listener gets: an event, or the notice to reload.
type Update struct {
	Event LiveEvent
	// Missed: some events were lost before this point.
	Missed bool
}

// maxStreams is how many pages of one account listen at once in one replica.
const maxStreams = 20

// Listening is what a listener gets.
type Listening struct {
	// Updates is closed when the listening ends.
	Updates <-chan Update
	// Quiet is for how long nothing had been told when it began, zero where that is
	// not known: what was read within that time before is still as it was.
	Quiet time.Duration
}

// LiveDeps is what live events need.
type LiveDeps struct {
	Bus       Bus
	Marks     Marks
	Subjects  Subjects
	Directory Directory
	Clock     clock.Clock
	Log       *slog.Logger
}

// Live publishes events to the organisations and persons they concern, and
// lets pages listen.
type Live struct {
	deps LiveDeps

	mu      sync.Mutex
	streams map[string]int // by account
	closing chan struct{}
	once    sync.Once
}

// NewLive makes the fan-out of live events.
func NewLive(d LiveDeps) *Live {
	return &Live{deps: d, streams: map[string]int{}, closing: make(chan struct{})}
}

// The topics of the bus.
const platformTopic = "live/platform"

func orgTopic(id string) string     { return "live/organisation/" + id }
func accountTopic(id string) string { return "live/account/" + id }

// readActions are the rights to read by kind: a member who may not read a kind
// is not told of its changes either.
var readActions = map[string]policy.Action{
	"achievement":  policy.AchievementRead,
	"package":      policy.PackageRead,
	"need":         policy.NeedRead,
	"introduction": policy.IntroductionRead,
	"file_request": policy.FileRequestRead,
	"deal":         policy.DealRead,
	"contract":     policy.ContractRead,
	"plan":         policy.PlanRead,
	"distribution": policy.RewardRead,
	"organisation": policy.OrganisationRead,
}

// liveEvents are the names that pages are told of.
var liveEvents = []event.Name{
	event.OrganisationVerified, event.OrganisationChanged,
	event.AchievementSubmitted, event.AchievementReturned, event.AchievementPublished, event.AchievementHidden,
	event.PackageSubmitted, event.PackageReturned, event.PackagePublished, event.PackageHidden,
	event.NeedSubmitted, event.NeedReturned, event.NeedPublished, event.NeedHidden,
	event.FileRequested, event.FileRequestAnswered, event.FileRequestWithdrawn,
	event.IntroductionMade, event.IntroductionAnswered, event.IntroductionWithdrawn, event.IntroductionLapsed,
	event.DealOpened, event.DealChanged, event.MessagePosted, event.NDASigned,
	event.ContractDrafted, event.ContractChanged, event.ContractSigned, event.ReceiptRecorded, event.RefundRecorded,
	event.PlanChanged, event.PlanEffective, event.RewardComputed, event.RewardHeld, event.RewardApproved, event.RewardPaid,
}

// published are the events by which an import tells of every record.
var published = []event.Name{event.AchievementPublished, event.PackagePublished, event.NeedPublished}

// IsLive tells whether pages are told of an event: what the journal subscribes
// Live.Publish to. What the program itself published, as an import does by
// thousands, is not live news: open pages would reload for each.
func IsLive(ev event.Event) bool {
	return slices.Contains(liveEvents, ev.Name) && !(ev.BySystem() && slices.Contains(published, ev.Name))
}

// Publish is an outbox consumer, of what IsLive. An event that the bus does not
// take is dropped after a line in the log: pages reload after a gap, and late news
// would be worth nothing.
func (l *Live) Publish(ctx context.Context, events []event.Event) error {
	for _, ev := range events {
		topics, err := l.topics(ctx, ev)
		if err != nil {
			return err
		}
		if err := l.publish(ctx, LiveEvent{Name: ev.Name, Kind: ev.Kind, SubjectID: ev.Subject, At: ev.At}, topics...); err != nil {
			return err
		}
	}
	return nil
}

// Tell publishes to the pages of one account what concerns nobody else.
func (l *Live) Tell(ctx context.Context, accountID string, ev LiveEvent) error {
	return l.publish(ctx, ev, accountTopic(accountID))
}

func (l *Live) publish(ctx context.Context, ev LiveEvent, topics ...string) error {
	payload, err := json.Marshal(ev)
	if err != nil {
		return err
	}
	for _, topic := range topics {
		if err := errors.Join(l.mark(ctx, topic), l.deps.Bus.Publish(ctx, topic, payload)); err != nil {
			l.deps.Log.WarnContext(ctx, "live event dropped", "event", ev.Name, "error", err)
		}
	}
	return nil
}

// topics are where those concerned with an event listen.
func (l *Live) topics(ctx context.Context, ev event.Event) ([]string, error) {
	c, err := l.deps.Subjects.Concerned(ctx, ev.Kind, ev.Subject)
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return nil, nil
		}
		return nil, err
	}
	topics := []string{platformTopic}
	for _, org := range c.Orgs() {
		topics = append(topics, orgTopic(org))
	}
	people, err := l.deps.Directory.Claimed(ctx, c.Persons)
	for _, p := range people {
		topics = append(topics, accountTopic(p.AccountID))
	}
	return topics, err
}

// Listen gives the updates of the actor's account and acting organisation
// until ctx ends or Close is called; then the channel is closed. A listener
// that does not keep up is told that it missed some. Errors:
// errs.Unauthenticated; errs.RateLimited "too_many_streams"; errs.Unavailable
// when the bus is away.
func (l *Live) Listen(ctx context.Context, actor policy.Actor) (Listening, error) {
	if err := policy.Check(actor, policy.LiveEvents, policy.Facts{}).Err(); err != nil {
		return Listening{}, err
	}
	leave, err := l.enter(actor.AccountID)
	if err != nil {
		return Listening{}, err
	}
	topics := []string{accountTopic(actor.AccountID)}
	if actor.OrgID != "" {
		topics = append(topics, orgTopic(actor.OrgID))
	}
	if actor.OrgKind == policy.Platform {
		topics = append(topics, platformTopic)
	}
	ctx, cancel := context.WithCancel(ctx)
	signals, err := l.deps.Bus.Subscribe(ctx, topics...)
	if err != nil {
		cancel()
		leave()
		return Listening{}, err
	}
	quiet := l.quiet(ctx, topics)
	out := make(chan Update)
	go func() {
		defer close(out)
		defer leave()
		defer cancel()
		l.forward(ctx, actor, signals, out)
	}()
	return Listening{Updates: out, Quiet: quiet}, nil
}

func (l *Live) forward(ctx context.Context, actor policy.Actor, signals <-chan Signal, out chan<- Update) {
	for {
		var update Update
		select {
		case <-ctx.Done():
			return
		case <-l.closing:
			return
		case signal, open := <-signals:
			if !open {
				return
			}
			update = Update{Missed: signal.Missed}
			if !signal.Missed && (json.Unmarshal(signal.Payload, &update.Event) != nil || !mayHear(actor, signal.Topic, update.Event)) {
				continue
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-l.closing:
			return
		case out <- update:
		}
	}
}

// mayHear: what concerns the person, always; what concerns the acting
// organisation, where policy lets its member read such subjects; of everybody
// else's, what policy opens to the platform's people.
func mayHear(actor policy.Actor, topic string, ev LiveEvent) bool {
	action, known := readActions[ev.Kind]
	switch topic {
	case accountTopic(actor.AccountID):
		return true
	case platformTopic:
		return known && policy.Check(actor, action, policy.Facts{}).Allowed()
	default:
		return known && policy.Check(actor, action, policy.Facts{
			OwnerOrg: actor.OrgID, Parties: []string{actor.OrgID}}).Allowed()
	}
}

// enter counts a stream of an account; leave ends it.
func (l *Live) enter(account string) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closing:
		return nil, errs.New(errs.Unavailable, "not_ready")
	default:
	}
	if l.streams[account] >= maxStreams {
		return nil, errs.Newp(errs.RateLimited, "too_many_streams", errs.Params{"max": maxStreams})
	}
	l.streams[account]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.streams[account]--; l.streams[account] == 0 {
			delete(l.streams, account)
		}
	}, nil
}

// Close ends all streams and refuses new ones: a server that shuts down must
// not wait for pages that listen for ever.
func (l *Live) Close() {
	l.once.Do(func() { close(l.closing) })
}
