package app

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/mail"
	"chengqiao/internal/store"
)

// traces are what goes with an erased account.
func traces(sender mail.Sender, notices *store.Notify, matches *store.Match, parts *store.Contributions) []account.Traces {
	return []account.Traces{letterCopies{sender}, ownNotices{notices}, givenOpinions{matches}, answeredParts{parts}}
}

// letterCopies are the copies of letters that a mail folder keeps.
type letterCopies struct{ sender mail.Sender }

func (j letterCopies) Erase(ctx context.Context, _ string, addresses []string) error {
	return j.sender.Forget(ctx, addresses)
}

// ownNotices are an account's notifications.
type ownNotices struct{ rows *store.Notify }

func (j ownNotices) Erase(ctx context.Context, account string, _ []string) error {
	return j.rows.EraseNotifications(ctx, account)
}

// retention are the daily jobs that forget what is past its time.
func (p *platform) retention() []job {
	kept := func(days int) time.Time { return p.clock.Now().AddDate(0, 0, -days) }
	return []job{
		{"expire credentials", time.Hour, func(ctx context.Context) (int, error) { return p.accounts.ExpireCredentials(ctx, jobBatch) }},
		{"forget copies of old letters", 24 * time.Hour, func(ctx context.Context) (int, error) {
			return p.sender.Prune(ctx, kept(p.cfg.Mail.KeepDays), jobBatch)
		}},
		{"forget old notifications", 24 * time.Hour, func(ctx context.Context) (int, error) {
			n, err := p.notifyRows.Prune(ctx, kept(p.cfg.Notice.KeepDays), jobBatch)
			return int(n), err
		}},
	}
}
