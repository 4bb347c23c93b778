package conformance

import (
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// The organisations of the fixtures.
const (
	orgInstitute  = "org-institute"
	orgEnterprise = "org-enterprise"
)

// day is a day in microseconds; the fixtures are published on days counted
// from an arbitrary one.
const day = int64(24 * 60 * 60 * 1_000_000)

func published(n int) int64 { return 20_000*day + int64(n)*day }

func fen(n int64) *int64 { return &n }

func public(language, title, abstract string, keywords ...string) search.Text {
	return search.Text{Tier: policy.TierPublic, Language: language, Title: title, Abstract: abstract, Keywords: keywords}
}

// Fixtures are a small marketplace: both languages, all kinds, values in every
// facet, texts in every tier.
func Fixtures() []search.Document {
	return []search.Document{
		{
			ID: "a-battery", Kind: search.KindAchievement, Owner: orgInstitute, Source: "XJ-2024.0017",
			Texts: []search.Text{
				public("zh", "高寒地区动力电池组热管理", "面向零下四十度环境的锂离子电池加热与保温方案，续航提高两成。", "储能", "热管理"),
				public("en", "Thermal management of traction batteries for cold regions", "Heats lithium-ion cells at minus forty degrees."),
				{Tier: policy.TierMembers, Language: "zh", Abstract: "加热膜采用石墨烯涂层", Claims: []string{"电芯温差小于三度"}},
				{Tier: policy.TierNDA, Language: "zh", Abstract: "隐秘配方甲含碲化铋夹层", Claims: []string{"zyxwvut 牌号薄膜"}},
			},
			Facets: search.Facets{
				Fields: []string{"新能源与高效节能"}, Industries: []string{"C3841"}, Regions: []string{"650104"},
				TRL: 6, IPKinds: []string{"invention", "utility_model"}, IPStates: []string{"granted"},
				Cooperation: []string{"licence", "transfer"}, PriceMode: "listing", PriceFen: fen(80_000_000),
				Organisation: orgInstitute, OrgKind: "institute", Year: 2024, Languages: []string{"zh", "en"},
			},
			PublishedAt: published(10), UpdatedAt: published(11),
		},
		{
			ID: "a-maize", Kind: search.KindAchievement, Owner: orgInstitute,
			Texts: []search.Text{
				public("zh", "玉米抗旱品种选育", "适合南疆盐碱地的高产玉米品种，亩产提高百分之十五。", "种业"),
			},
			Facets: search.Facets{
				Fields: []string{"农业"}, Industries: []string{"A01"}, Regions: []string{"653100"},
				TRL: 8, IPKinds: []string{"plant_variety"}, IPStates: []string{"granted"},
				Cooperation: []string{"licence"}, PriceMode: "agreement", MembersPriceFen: fen(30_000_000),
				Organisation: orgInstitute, OrgKind: "institute", Year: 2023, Languages: []string{"zh"}, PublicBenefit: true,
			},
			PublishedAt: published(12),
		},
		{
			ID: "a-pool", Kind: search.KindAchievement, Owner: orgEnterprise,
			Texts: []search.Text{
				public("zh", "养殖水池循环净化", "水池尾水经三级处理后回用。"),
			},
			Facets: search.Facets{
				Fields: []string{"环境保护与资源综合利用", "农业"}, Industries: []string{"N77", "A04"}, Regions: []string{"659001"},
				TRL: 9, IPKinds: []string{"none"}, PriceMode: "listing", PriceFen: fen(9_900_000),
				Organisation: orgEnterprise, OrgKind: "enterprise", Year: 2024, Languages: []string{"zh"},
			},
			PublishedAt: published(9),
		},
		{
			ID: "p-recycling", Kind: search.KindPackage, Owner: orgEnterprise,
			Texts: []search.Text{
				public("zh", "退役锂电池回收成套工艺", "从放电、破碎到锂、钴、镍回收的成套工艺与装备。"),
				{Tier: policy.TierMembers, Language: "zh", Value: "回收率高出行业均值八个百分点"},
			},
			Facets: search.Facets{
				Fields: []string{"环境保护与资源综合利用"}, Industries: []string{"C42"}, Regions: []string{"510100"},
				TRL: 7, IPKinds: []string{"invention"}, IPStates: []string{"granted", "examination"},
				Cooperation: []string{"transfer"}, PriceMode: "auction", PriceFen: fen(600_000_000),
				Organisation: orgEnterprise, OrgKind: "enterprise", Year: 2025, Languages: []string{"zh"}, Themes: []string{"双碳 \"零排放\""},
			},
			PublishedAt: published(14),
		},
		{
			ID: "p-graphene", Kind: search.KindPackage, Owner: orgInstitute, Audience: policy.TierMembers,
			Texts: []search.Text{
				public("en", "Graphene coating for corrosion protection", "A graphene coating that protects steel in saline soil."),
			},
			Facets: search.Facets{
				Fields: []string{"新材料及其应用"}, Industries: []string{"C30"}, Regions: []string{"650100"},
				TRL: 4, IPKinds: []string{"invention"}, IPStates: []string{"examination"},
				Cooperation: []string{"joint"}, PriceMode: "agreement",
				Organisation: orgInstitute, OrgKind: "institute", Year: 2025, Languages: []string{"en"}, Themes: []string{"双碳 \"零排放\""},
			},
			PublishedAt: published(15),
		},
		{
			ID: "p-secret", Kind: search.KindPackage, Owner: orgInstitute, Audience: policy.TierNDA,
			Texts: []search.Text{
				public("zh", "绝密工程的光刻胶", "只给签约方看的公开措辞 hushword。"),
			},
			Facets: search.Facets{
				Fields: []string{"电子信息"}, Industries: []string{"C39"}, Regions: []string{"310000"}, TRL: 5,
				IPKinds: []string{"ic_layout"}, PriceMode: "agreement", PriceFen: fen(1_234_567_890_00),
				Organisation: orgInstitute, OrgKind: "institute", Year: 2026, Languages: []string{"zh"},
			},
			PublishedAt: published(16),
		},
		{
			ID: "n-drip", Kind: search.KindNeed, Owner: orgEnterprise,
			Texts: []search.Text{
				public("zh", "棉田滴灌管堵塞监测", "需要低成本传感器，在线发现滴灌带堵塞，功耗小于十毫瓦。"),
			},
			Facets: search.Facets{
				Fields: []string{"农业", "电子信息"}, Industries: []string{"A01"}, Regions: []string{"652300"},
				Cooperation: []string{"joint"}, OrgKind: "enterprise", Year: 2026, Languages: []string{"zh"}, PublicBenefit: true,
			},
			PublishedAt: published(13),
		},
		{
			ID: "n-laser", Kind: search.KindNeed, Owner: orgEnterprise,
			Texts: []search.Text{
				public("en", "Laser cleaning of solar panels", "We look for a laser process that removes dust from photovoltaic modules without polystyrene residue."),
				public("ru", "Лазерная очистка солнечных панелей", "Очистка аккумуляторов и панелей от пыли"),
			},
			Facets: search.Facets{
				Fields: []string{"新能源与高效节能"}, Regions: []string{"KZ"}, TRL: 5, PriceFen: fen(50_000_000), PriceMode: "agreement",
				OrgKind: "enterprise", Organisation: orgEnterprise, Year: 2026, Languages: []string{"en", "ru"},
			},
			PublishedAt: published(13),
		},
		{
			ID: "n-markup", Kind: search.KindNeed, Owner: "org-\"quoted\" \\ one",
			Texts: []search.Text{
				public("en", "Sanitising <script>alert(1)</script> & \"quotes\" in pipelines", strangeText),
			},
			Facets: search.Facets{
				Fields: []string{"it's \"quoted\" \\ and, comma'd"}, Year: 2020,
			},
			PublishedAt: published(1),
		},
	}
}

// strangeText is long, and its characters change length when folded.
const strangeText = "ﬁrst ﬂoor ½ ① ㎏ Ｆｕｌｌ－Ｗｉｄｔｈ naïve café \u202eright-to-left\u202c zero\u200bwidth " +
	"𠮷野家 emoji 👩‍🔬 pipelines 管道 and then a long tail of words so that the passage has to be cut somewhere in the middle of it " +
	"before the next pipelines are mentioned, which they are, in ＰＩＰＥＬＩＮＥＳ of full width."

// The readers of the fixtures.
var (
	anyone   = search.Reader{}
	member   = search.Reader{Tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}, Organisation: "org-other"}
	owner    = search.Reader{Tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}, Organisation: orgInstitute}
	party    = search.Reader{Tiers: []policy.Tier{policy.TierPublic, policy.TierMembers}, Organisation: "org-other", Granted: []string{"a-battery"}}
	insider  = search.Reader{Granted: []string{"p-secret"}}
	reviewer = search.Reader{Tiers: policy.AllTiers}
)
