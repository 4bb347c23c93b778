package httpapi

import (
	"context"
	"sync"

	"chengqiao/internal/account"
	"chengqiao/internal/catalog"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/document"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/exchange"
	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/need/reading"
	"chengqiao/internal/note"
	"chengqiao/internal/notify"
	"chengqiao/internal/outbox"
	"chengqiao/internal/reward"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/synonym"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
	"chengqiao/internal/token"
	"chengqiao/internal/webhook"
)

var _ oas.StrictServerInterface = (*API)(nil)

// API implements the contract's operations, one file a resource. Each handler
// takes its service from Services.
type API struct {
	Services
	server     *server
	codedLists func() (codedLists, error)
}

// NewAPI makes the operations over the services.
func NewAPI(services Services) *API {
	return &API{Services: services, codedLists: sync.OnceValues(func() (codedLists, error) { return codedListsOf(services.Taxonomies) })}
}

// Services are the domain services that the handlers call.
type Services struct {
	Accounts     *account.Service
	Directory    Directory
	Achievements *catalog.Achievements
	Packages     *catalog.Packages
	Needs        *need.Needs
	Readings     *reading.Reader
	Reviews      *listing.Queue
	Letters      ConfirmationLetters
	Endings      LetterEndings
	Taxonomies   *taxonomy.Set
	Documents    *document.Service
	Exchange     *exchange.Service
	Sheets       Sheets
	Origins      Origins
	Disclosures  *disclosure.Log
	Notes        *note.Service
	Finder       *finding.Finder
	Matches      *match.Service
	Desk         *match.Desk
	Duplicates   *duplicate.Service
	Deals        *deal.Service
	Related      Related
	Contracts    *contract.Service
	Rewards      *reward.Service
	Tasks        *notify.Tasks
	Notices      *notify.Service
	Live         *notify.Live
	DeadLetters  *outbox.DeadLetters
	Backlogs     Backlogs
	Audit        AuditLog
	Tokens       *token.Service
	Webhooks     *webhook.Service
	Searches     *savedsearch.Service
	Synonyms     *synonym.Service
}

// Directory names the organisations and people that answers speak of.
type Directory interface {
	// OrganisationNames are the names of those of the organisations that exist.
	OrganisationNames(ctx context.Context, ids []string) (map[string]text.Text, error)
	// AccountNames are the names of the people behind those of the accounts
	// that exist; an erased person has none.
	AccountNames(ctx context.Context, ids []string) (map[string]string, error)
}
