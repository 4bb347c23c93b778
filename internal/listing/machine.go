package listing

import (
	"chengqiao/internal/lifecycle"
)

// The states of listings and revisions. Not every kind has all of them.
const (
	Draft     lifecycle.State = "draft"     // 草稿
	InReview  lifecycle.State = "in_review" // 审核中
	Returned  lifecycle.State = "returned"  // 已退回
	Published lifecycle.State = "published" // 已发布
	Suspended lifecycle.State = "suspended" // 已暂停
	Expired   lifecycle.State = "expired"   // 已到期
	Withdrawn lifecycle.State = "withdrawn" // 已撤回
	Discarded lifecycle.State = "discarded" // 修改稿已放弃

	Matched lifecycle.State = "matched" // 已对接: a need
	Closed  lifecycle.State = "closed"  // 已结束: a need
)

// OpenStates are the states of a working copy.
var OpenStates = []lifecycle.State{Draft, InReview, Returned}

// The verbs of the steps; with the kind before them they are policy actions.
const (
	Create = "create"
	Read   = "read"
	Inside = "read_inside"
	// ReadVersions reads published versions other than the live one.
	ReadVersions = "read_versions"
	Edit         = "edit"
	Submit       = "submit"
	Recall       = "recall"
	Discard      = "discard"
	Return       = "return"
	Publish      = "publish"
	Suspend      = "suspend"
	Resume       = "resume"
	Reconfirm    = "reconfirm"
	Expire       = "expire"
	Withdraw     = "withdraw"

	Match  = "match"
	Reopen = "reopen"
	Close  = "close"
)

// OfferMachine is the life of something offered (an achievement, a package):
// it lasts while its owner reconfirms that it can be had.
func OfferMachine(kind string) lifecycle.Machine {
	return machine(kind, []step{
		{lifecycle.New, Draft, Create, false},
		{Draft, Published, Publish, false},
		{Published, Published, Publish, false}, // a newer version goes live
		{Suspended, Published, Publish, false},
		{Expired, Published, Publish, false},
		{Published, Suspended, Suspend, true},
		{Suspended, Published, Resume, false},
		{Published, Published, Reconfirm, false},
		{Expired, Published, Reconfirm, false},
		{Published, Expired, Expire, false},
		{Draft, Withdrawn, Withdraw, false},
		{Published, Withdrawn, Withdraw, false},
		{Suspended, Withdrawn, Withdraw, false},
		{Expired, Withdrawn, Withdraw, false},
	})
}

// WishMachine is the life of something wanted (a need): a deal matches it, it
// can be suspended, and it ends with an outcome. A closed one lives again by a newer version.
func WishMachine(kind string) lifecycle.Machine {
	return machine(kind, []step{
		{lifecycle.New, Draft, Create, false},
		{Draft, Published, Publish, false},
		{Published, Published, Publish, false},
		{Matched, Matched, Publish, false},
		{Suspended, Published, Publish, false},
		{Closed, Published, Publish, false},
		{Published, Suspended, Suspend, true},
		{Matched, Suspended, Suspend, true},
		{Suspended, Published, Resume, false},
		{Published, Matched, Match, false},
		{Matched, Published, Reopen, false},
		{Published, Closed, Expire, false},
		{Draft, Closed, Close, false},
		{Published, Closed, Close, false},
		{Suspended, Closed, Close, false},
		{Matched, Closed, Close, false},
	})
}

// RevisionKind is the kind of a kind's revisions in journal and history.
func RevisionKind(kind string) string { return kind + "_revision" }

// ReviewMachine is the life of a revision: it is written, reviewed, and ends
// published or discarded. end is the verb by which its listing ends, which
// takes an open revision with it.
func ReviewMachine(kind, end string) lifecycle.Machine {
	m := machine(kind, []step{
		{lifecycle.New, Draft, Create, false},
		{lifecycle.New, Draft, Edit, false}, // of something published: begins a working copy
		{Draft, InReview, Submit, false},
		{Returned, InReview, Submit, false},
		{InReview, Draft, Recall, false},
		{InReview, Returned, Return, true},
		{InReview, Published, Publish, false},
		{Draft, Discarded, Discard, false},
		{Returned, Discarded, Discard, false},
		{Draft, Discarded, end, false},
		{InReview, Discarded, end, false},
		{Returned, Discarded, end, false},
	})
	m.Kind = RevisionKind(kind)
	return m
}

type step struct {
	from, to    lifecycle.State
	verb        string
	needsReason bool
}

func machine(kind string, steps []step) lifecycle.Machine {
	m := lifecycle.Machine{Kind: kind}
	for _, s := range steps {
		m.Edges = append(m.Edges, lifecycle.Edge{From: s.from, To: s.to, Action: kind + "." + s.verb, NeedsReason: s.needsReason})
	}
	return m
}
