package embedded

import (
	"errors"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// appendDocument writes a document behind b, as the ledger keeps it.
func appendDocument(b []byte, d *search.Document) []byte {
	e := encoder{b}
	e.text(d.ID)
	e.text(string(d.Kind))
	e.text(d.Source)
	e.text(d.Owner)
	e.text(string(d.Audience))
	e.unsigned(uint64(len(d.Texts)))
	for i := range d.Texts {
		t := &d.Texts[i]
		e.text(string(t.Tier))
		for _, s := range []string{t.Language, t.Title, t.Value, t.Abstract} {
			e.text(s)
		}
		for _, list := range [][]string{t.Keywords, t.Claims, t.Organisations, t.Other} {
			e.texts(list)
		}
	}
	f := &d.Facets
	for _, list := range [][]string{f.Fields, f.Industries, f.Regions, f.IPKinds, f.IPStates, f.Cooperation, f.Languages, f.Themes} {
		e.texts(list)
	}
	for _, s := range []string{f.PriceMode, f.Organisation, f.OrgKind} {
		e.text(s)
	}
	e.signed(int64(f.TRL))
	e.signed(int64(f.Year))
	var flags uint64
	if f.PublicBenefit {
		flags |= publicBenefitFlag
	}
	if f.PriceFen != nil {
		flags |= priceFlag
	}
	if f.MembersPriceFen != nil {
		flags |= membersPriceFlag
	}
	e.unsigned(flags)
	for _, price := range []*int64{f.PriceFen, f.MembersPriceFen} {
		if price != nil {
			e.signed(*price)
		}
	}
	e.signed(d.PublishedAt)
	e.signed(d.UpdatedAt)
	return e.b
}

const (
	publicBenefitFlag = 1 << iota
	priceFlag
	membersPriceFlag
)

var errDocument = errors.New("a document cannot be read")

// decodeDocument reads what appendDocument wrote, all of it.
func decodeDocument(raw []byte) (search.Document, error) {
	d := decoder{b: raw, whole: string(raw)}
	out := search.Document{ID: d.text(), Kind: search.Kind(d.text()), Source: d.text(), Owner: d.text(), Audience: policy.Tier(d.text())}
	for n := d.unsigned(); n > 0 && !d.bad; n-- {
		out.Texts = append(out.Texts, search.Text{
			Tier: policy.Tier(d.text()), Language: d.text(), Title: d.text(), Value: d.text(), Abstract: d.text(),
			Keywords: d.texts(), Claims: d.texts(), Organisations: d.texts(), Other: d.texts(),
		})
	}
	f := &out.Facets
	for _, list := range []*[]string{&f.Fields, &f.Industries, &f.Regions, &f.IPKinds, &f.IPStates, &f.Cooperation, &f.Languages, &f.Themes} {
		*list = d.texts()
	}
	for _, s := range []*string{&f.PriceMode, &f.Organisation, &f.OrgKind} {
		*s = d.text()
	}
	f.TRL, f.Year = int(d.signed()), int(d.signed())
	flags := d.unsigned()
	f.PublicBenefit = flags&publicBenefitFlag != 0
	for _, price := range []struct {
		flag uint64
		to   **int64
	}{{priceFlag, &f.PriceFen}, {membersPriceFlag, &f.MembersPriceFen}} {
		if flags&price.flag != 0 {
			fen := d.signed()
			*price.to = &fen
		}
	}
	out.PublishedAt, out.UpdatedAt = d.signed(), d.signed()
	if d.bad || len(d.b) != 0 {
		return search.Document{}, errDocument
	}
	return out, nil
}
