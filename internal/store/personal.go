package store

import (
	"context"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/token"
)

// Personal reads what one person wrote, signed and handled over all domains:
// for the export of personal data, and for what of it outlives an erasure.
type Personal struct{ db *sqldb.DB }

// NewPersonal makes the reader.
func NewPersonal(db *sqldb.DB) *Personal { return &Personal{db} }

// Written is a text that a person wrote to another organisation.
type Written struct {
	ID string
	// SubjectID is the deal of a message, or the introduction itself.
	SubjectID string
	At        time.Time
	Text      string
}

// Signature is one that a person gave for an organisation.
type Signature struct {
	// Kind is "contract" or "nda"; SubjectID the contract, or the NDA's deal.
	Kind, SubjectID, OrgID string
	At                     time.Time
}

// Uploaded is a file that a person attached to something.
type Uploaded struct {
	ID, SubjectKind, SubjectID, Name string
	At                               time.Time
}

// Messages are those that an account wrote in deals, oldest first, after one's
// id; "" begins at the oldest.
func (s *Personal) Messages(ctx context.Context, account, after string, limit int) ([]Written, error) {
	return sqldb.All(ctx, s.db, scanWritten, `
		SELECT id, deal_id, at, text FROM deal_messages
		WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3`, account, after, limit)
}

// Introductions are the words with which an account made introductions, oldest
// first, after one's id.
func (s *Personal) Introductions(ctx context.Context, account, after string, limit int) ([]Written, error) {
	return sqldb.All(ctx, s.db, scanWritten, `
		SELECT id, id, made_at, message FROM introductions
		WHERE made_by = $1 AND id > $2 ORDER BY id LIMIT $3`, account, after, limit)
}

func scanWritten(row sqldb.Row) (Written, error) {
	var w Written
	var at int64
	err := row.Scan(&w.ID, &w.SubjectID, &at, &w.Text)
	w.At = clock.FromMicros(at)
	return w, err
}

// Signatures are those of an account, contracts first, the newest limit of each.
func (s *Personal) Signatures(ctx context.Context, account string, limit int) ([]Signature, error) {
	scan := func(kind string) func(sqldb.Row) (Signature, error) {
		return func(row sqldb.Row) (Signature, error) {
			g := Signature{Kind: kind}
			var at int64
			err := row.Scan(&g.SubjectID, &g.OrgID, &at)
			g.At = clock.FromMicros(at)
			return g, err
		}
	}
	contracts, err := sqldb.All(ctx, s.db, scan("contract"), `
		SELECT contract_id, org_id, signed_at FROM contract_parties
		WHERE signed_by = $1 AND signed_by <> '' ORDER BY signed_at DESC, contract_id LIMIT $2`, account, limit)
	if err != nil {
		return nil, err
	}
	ndas, err := sqldb.All(ctx, s.db, scan("nda"), `
		SELECT deal_id, org_id, at FROM nda_signatures
		WHERE account_id = $1 ORDER BY at DESC, deal_id LIMIT $2`, account, limit)
	return append(contracts, ndas...), err
}

// Uploads are the files of an account, oldest first, after one's id.
func (s *Personal) Uploads(ctx context.Context, account, after string, limit int) ([]Uploaded, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (Uploaded, error) {
		var u Uploaded
		var at int64
		err := row.Scan(&u.ID, &u.SubjectKind, &u.SubjectID, &u.Name, &at)
		u.At = clock.FromMicros(at)
		return u, err
	}, `SELECT id, subject_kind, subject_id, name, uploaded_at FROM files
		WHERE uploaded_by = $1 AND id > $2 ORDER BY id LIMIT $3`, account, after, limit)
}

// Opinion is what a person said, for an organisation, of a match.
type Opinion struct {
	MatchID, OrgID, Verdict, ReasonCode, Reason string
	At                                          time.Time
}

// Opinions are those of an account, by match, after one's id.
func (s *Personal) Opinions(ctx context.Context, account, after string, limit int) ([]Opinion, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (Opinion, error) {
		var o Opinion
		var at int64
		err := row.Scan(&o.MatchID, &o.OrgID, &o.Verdict, &o.ReasonCode, &o.Reason, &at)
		o.At = clock.FromMicros(at)
		return o, err
	}, `SELECT match_id, org_id, opinion, reason_code, reason, at FROM match_feedback
		WHERE account_id = $1 AND match_id > $2 ORDER BY match_id LIMIT $3`, account, after, limit)
}

// Tokens are the API tokens that an account made for any organisation, oldest
// first, after one's id.
func (s *Personal) Tokens(ctx context.Context, account, after string, limit int) ([]token.Token, error) {
	return sqldb.All(ctx, s.db, scanToken, `
		SELECT `+tokenColumns+` FROM api_tokens
		WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3`, account, after, limit)
}

// Parts are what the persons were asked about their parts in achievements, and
// what they answered, after one's id.
func (s *Personal) Parts(ctx context.Context, persons []string, after string, limit int) ([]catalog.Contribution, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanContribution, `SELECT `+contributionColumns+` FROM contributions c
		WHERE c.id > $1 AND c.person_id IN (`+sqldb.Placeholders(3, len(persons))+`) ORDER BY c.id LIMIT $2`,
		sqldb.Args([]any{after, limit}, persons)...)
}

// Asked is a request for a document that a person made.
type Asked struct {
	ID, DocumentID, OrgID, State, Reason string
	At                                   time.Time
}

// Requests are the requests for documents that an account made, oldest first,
// after one's id.
func (s *Personal) Requests(ctx context.Context, account, after string, limit int) ([]Asked, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (Asked, error) {
		var a Asked
		var at int64
		err := row.Scan(&a.ID, &a.DocumentID, &a.OrgID, &a.State, &a.Reason, &at)
		a.At = clock.FromMicros(at)
		return a, err
	}, `SELECT id, document_id, asker_org, state, reason, asked_at FROM file_requests
		WHERE asked_by = $1 AND id > $2 ORDER BY id LIMIT $3`, account, after, limit)
}

// Reading is what the log of who saw what holds about a person: fields of a
// listing, or a document.
type Reading struct {
	// Kind is the listing's, or "document"; SubjectID is its id.
	ID, Kind, SubjectID, OrgID string
	At                         time.Time
	// Fields are those above the public tier that were shown.
	Fields []string
}

// Readings are what an account was shown above the public tier, oldest first,
// after one's id.
func (s *Personal) Readings(ctx context.Context, account, after string, limit int) ([]Reading, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (Reading, error) {
		var r Reading
		var at int64
		var kept keptFields[string]
		err := row.Scan(&r.ID, &r.Kind, &r.SubjectID, &r.OrgID, &at, sqldb.IntoJSON(&kept))
		r.At, r.Fields = clock.FromMicros(at), kept.Fields
		return r, err
	}, `SELECT id, kind, listing_id, viewer_org, at, fields FROM disclosures WHERE account_id = $1 AND id > $2
		UNION ALL SELECT id, 'document', file_id, org_id, at, NULL FROM file_reads WHERE account_id = $1 AND id > $2
		ORDER BY id LIMIT $3`, account, after, limit)
}

// HandledMoney tells whether an account recorded money or approved its
// distribution.
func (s *Personal) HandledMoney(ctx context.Context, account string) (bool, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[bool], `
		SELECT EXISTS (SELECT 1 FROM movements WHERE recorded_by = $1)
		    OR EXISTS (SELECT 1 FROM distributions WHERE approved_by = $1 AND approved_by <> '')`, account)
}

// Agreed tells whether one of the persons has confirmed a reward plan.
func (s *Personal) Agreed(ctx context.Context, persons []string) (bool, error) {
	if len(persons) == 0 {
		return false, nil
	}
	return sqldb.One(ctx, s.db, sqldb.Scalar[bool], `SELECT EXISTS (
		SELECT 1 FROM plan_contributors WHERE confirmed_at > 0 AND person_id IN (`+sqldb.Placeholders(1, len(persons))+`))`,
		sqldb.Args(nil, persons)...)
}
