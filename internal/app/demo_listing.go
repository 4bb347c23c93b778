package app

import (
	"context"
	"fmt"
	"strings"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/document"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/text"
)

// demoUnpublished stay drafts or wait for review, so that every queue of the
// demo has something in it.
var demoUnpublished = map[string]string{
	"grid":      "submit", // waits for the reviewer
	"dressing":  "",       // a draft
	"need_diag": "submit",
}

// listings makes achievements, packages and needs and takes them through review.
func (d *demo) listings(ctx context.Context) error {
	for _, l := range d.data.Achievements {
		id, err := publishDemo(ctx, d, l, d.p.achievements.Service, d.prove)
		if err != nil {
			return err
		}
		d.achievements[l.ref] = id
		owner, err := d.lister(l.owner)
		if err != nil {
			return err
		}
		if _, err := d.p.achievements.Ask(ctx, owner, id); err != nil {
			return fmt.Errorf("%s: ask the contributors: %w", l.ref, err)
		}
	}
	for _, l := range d.data.Packages {
		id, err := publishDemo[catalog.PackageContent](ctx, d, l, d.p.packages.Service, nil)
		if err != nil {
			return err
		}
		d.packages[l.ref] = id
	}
	for _, l := range d.data.Needs {
		id, err := publishDemo[need.Content](ctx, d, l, d.p.needs.Service, nil)
		if err != nil {
			return err
		}
		d.needs[l.ref] = id
	}
	return nil
}

// prove attaches a proof to an achievement's draft and binds to it the claims
// that name one. The draft was made with those claims as declared, since a
// file belongs to something that exists.
func (d *demo) prove(ctx context.Context, owner policy.Actor, id string, c *catalog.AchievementContent) error {
	var body strings.Builder
	fmt.Fprintf(&body, "演示用证明材料，并非真实报告。\nProof for demonstration, not a real report.\n\n%s\n\n", c.Title.Zh)
	for _, claim := range c.Claims {
		for _, locale := range claim.Metric.Languages() {
			fmt.Fprintf(&body, "%s\t%s %s\t%s\n", claim.Metric.In(locale), claim.Value, claim.Unit, claim.Conditions.In(locale))
		}
	}
	file, err := d.p.documents.Upload(ctx, owner, document.Upload{
		SubjectKind: catalog.AchievementKind, SubjectID: id, Tier: policy.TierPublic, Name: "测试报告摘要.txt",
		Body: strings.NewReader(body.String()),
	})
	if err != nil {
		return err
	}
	for i := range c.Claims {
		if c.Claims[i].ProofKind != declared {
			c.Claims[i].ProofFileID = file.ID
		}
	}
	return nil
}

// declared is the kind of proof of a claim that has none.
const declared = "declared"

// publishDemo writes a listing as its owner's lister would, and publishes it
// as the reviewer would. complete, if there is one, adds to the content what
// needs the draft to exist.
func publishDemo[C any](ctx context.Context, d *demo, l demoListing, service *listing.Service[C],
	complete func(context.Context, policy.Actor, string, *C) error) (string, error) {
	content, err := demoContent[C](d, l)
	if err != nil {
		return "", err
	}
	owner, err := d.lister(l.owner)
	if err != nil {
		return "", err
	}
	var first C
	first, err = demoContent[C](d, l.unproven())
	if err != nil {
		return "", err
	}
	made, err := service.Create(ctx, owner, first)
	if err != nil {
		return "", fmt.Errorf("%s: %w", l.ref, err)
	}
	if complete != nil {
		if err := complete(ctx, owner, made.Head.ID, &content); err != nil {
			return "", fmt.Errorf("%s: %w", l.ref, err)
		}
		if made, err = service.Save(ctx, owner, made.Head.ID, made.Head.Version, content); err != nil {
			return "", fmt.Errorf("%s: %w", l.ref, err)
		}
	}
	verbs := []string{"submit", "publish"}
	if last, ok := demoUnpublished[l.ref]; ok {
		verbs = nil
		if last != "" {
			verbs = []string{last}
		}
	}
	version := made.Head.Version
	for _, verb := range verbs {
		actor := owner
		if verb == "publish" {
			actor = d.actors["reviewer"]
		}
		request := listing.StepRequest{Action: verb, Version: version}
		if verb == "publish" {
			for _, point := range d.p.checklists[service.Rules().Kind] {
				request.Checklist = append(request.Checklist, listing.CheckAnswer{Code: point.Code, OK: true})
			}
		}
		head, err := service.Step(ctx, actor, made.Head.ID, request)
		if err != nil {
			return "", fmt.Errorf("%s: %s: %w", l.ref, verb, err)
		}
		version = head.Version
	}
	return made.Head.ID, nil
}

// lister is somebody of an organisation who may prepare listings.
func (d *demo) lister(org string) (policy.Actor, error) {
	for _, a := range d.data.Accounts {
		actor := d.actors[a.Ref]
		if a.Organisation == org && actor.Has(policy.Officer, policy.Manager, policy.Engineer) {
			return actor, nil
		}
	}
	return policy.Actor{}, fmt.Errorf("nobody lists for %s", org)
}

// workedDeal takes one need all the way: introduction, talk, NDA, contract of
// 1,000,000.00 CNY, reward plan confirmed by each contributor, receipt.
func (d *demo) workedDeal(ctx context.Context) error {
	p := d.p
	asker, owner := d.actors["engineer"], d.actors["officer"]
	buyer, seller := d.actors["manager"], d.actors["head"]
	introduced, err := p.deals.Introduce(ctx, asker, deal.Request{
		PackageID: d.packages["maize_pack"], NeedID: d.needs["need_maize"],
		Message: "我们计划在昌吉推广节水玉米，想了解天玉 26 的许可条件和制种要求。",
	})
	if err != nil {
		return fmt.Errorf("introduction: %w", err)
	}
	accepted, err := p.deals.Accept(ctx, owner, introduced.ID)
	if err != nil {
		return fmt.Errorf("acceptance: %w", err)
	}
	for _, m := range []struct {
		actor policy.Actor
		text  string
	}{
		{owner, "欢迎！品种权可作普通许可，配套滴灌控制与三年田间服务打包提供。"},
		{asker, "请问亩灌水 280 立方米以内的三年示范数据能否提供？"},
		{owner, "可以，双方签署保密协议后开放亲本与繁育规程。"},
	} {
		if _, err := p.deals.Post(ctx, m.actor, accepted.DealID, m.text); err != nil {
			return fmt.Errorf("message: %w", err)
		}
	}
	for _, signer := range []policy.Actor{buyer, seller} {
		if _, err := p.deals.SignNDA(ctx, signer, accepted.DealID); err != nil {
			return fmt.Errorf("nda: %w", err)
		}
	}
	million, err := money.New(100_000_000, money.CNY)
	if err != nil {
		return err
	}
	today := clock.DateOf(p.clock.Now())
	drafted, err := p.contracts.Draft(ctx, owner, accepted.DealID, contract.Terms{
		Type: contract.LicenceKnowHow, Name: "“天玉 26”玉米品种与节水栽培技术许可合同",
		Total: million, TechnologyAmount: million, Payment: contract.PaymentPlan{Kind: contract.LumpSum},
		BeginOn: today, EndOn: today.AddDays(5 * 365), TechnicalField: "agriculture",
	})
	if err != nil {
		return fmt.Errorf("contract: %w", err)
	}
	plan, err := d.plan(ctx, drafted.ID)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	version := drafted.Version
	for _, s := range []struct {
		actor policy.Actor
		verb  string
	}{{owner, "propose"}, {buyer, "sign"}, {seller, "sign"}} {
		view, err := p.contracts.Step(ctx, s.actor, drafted.ID, version, s.verb, "")
		if err != nil {
			return fmt.Errorf("contract %s: %w", s.verb, err)
		}
		version = view.Version
	}
	zero, err := money.New(0, money.CNY)
	if err != nil {
		return err
	}
	if _, err := p.contracts.RecordReceipt(ctx, d.actors["finance"], drafted.ID, contract.ReceiptForm{
		ReceivedOn: today, Gross: million, VAT: zero, Taxes: zero, DirectCosts: zero, SellerCommission: zero,
		BankReference: "DEMO-2026-000001",
	}); err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	if plan.Position.State != reward.PlanEffective {
		return nil // its publicity runs; the receipt waits for it
	}
	return d.computeNow(ctx, drafted.ID)
}

// planFiles are the records that steps of a plan carry.
var planFiles = map[string]string{"decide": "集体决策会议纪要.txt", "publicise": "公示文件.txt"}

// plan writes the owner's reward plan and takes it as far as the calendar lets it.
func (d *demo) plan(ctx context.Context, contractID string) (reward.PlanView, error) {
	p := d.p
	made, err := p.rewards.CreatePlan(ctx, d.actors["officer"], contractID, reward.PlanForm{})
	if err != nil {
		return made, err
	}
	steps := []struct {
		actor string
		verb  string
	}{{"officer", "propose"}, {"inventor", "confirm"}, {"inventor2", "confirm"}, {"officer", "confirm"}, {"head", "decide"}, {"officer", "publicise"}}
	if p.cfg.Reward.PublicityDays == 0 {
		steps = append(steps, struct{ actor, verb string }{"officer", "effect"})
	}
	for _, s := range steps {
		step := reward.PlanStep{Verb: s.verb}
		if name, ok := planFiles[s.verb]; ok {
			file, err := p.documents.Upload(ctx, d.actors[s.actor], document.Upload{
				SubjectKind: reward.PlanKind, SubjectID: made.ID, Tier: policy.TierNDA, Name: name,
				Body: strings.NewReader("演示文件，并非真实记录。A file for demonstration.\n"),
			})
			if err != nil {
				return made, fmt.Errorf("%s: %w", name, err)
			}
			step.FileID = file.ID
		}
		if made, err = p.rewards.StepPlan(ctx, d.actors[s.actor], made.ID, made.Version, step); err != nil {
			return made, fmt.Errorf("%s: %w", s.verb, err)
		}
	}
	return made, nil
}

// proposal is a match that a broker has put before both sides by hand.
func (d *demo) proposal(ctx context.Context) error {
	_, err := d.p.index.desk.Propose(ctx, d.actors["broker"], match.ProposalRequest{
		NeedID: d.needs["need_dust"], Subject: match.Ref{Kind: match.Package, ID: d.packages["desert_pv"]},
		Note: text.Text{
			Zh: "双方都在戈壁电站做过中试，除尘与降损可以放在一个项目里谈。",
			En: "Both have run pilots on desert plants: cleaning and loss reduction can be one project.",
		},
	})
	if err != nil {
		return fmt.Errorf("proposal: %w", err)
	}
	return nil
}
