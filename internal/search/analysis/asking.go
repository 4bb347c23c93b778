package analysis

import "strings"

// People ask in whole sentences: 请问有没有能处理含盐废水的膜, 棉花黄萎病怎么防治. What they
// ask with stands in hardly any listing and says nothing of its subject, as stop
// words do, and nothing is to be missed for it.
var (
	// askingAnywhere are expressions that are part of no other word.
	askingAnywhere = func() map[string]bool {
		out := hanSet(`请问 请教 有没有 有什么 有哪些 有哪种 是不是 能不能 可不可以 怎么 怎么样 怎么办 怎样 如何
			什么 什么样 为什么 哪里 哪里有 哪儿 哪儿有 哪有 哪种 哪家 哪家有 哪个 哪个有 哪些 谁有 谁能 可以 能够 用来`)
		for _, which := range []string{"哪家", "哪个", "哪些", "什么"} {
			for _, body := range strings.Fields("单位 公司 企业 机构 大学 高校 院校 研究所") {
				out[which+body], out[which+body+"有"] = true, true
			}
		}
		return out
	}()
	// askingFirst are meant so where a text begins with them, or with others before
	// them.
	askingFirst = hanSet(`我们 我们厂 我们公司 我们单位 我厂 我司 我公司 我单位 我想 我要 我们想 我们要 本公司 本单位 贵公司
		我们需要 我厂需要 我司需要 我公司需要 急需 想要 想找 想买 寻找 寻求 求购 求助 能否 一种 一款 一套 一些 一个 一台 一批
		求一种 求一款 求一套 求一个 找一种 找一款 找一套 找一个 需要一种 需要一款 需要一套 需要一个
		买一台 买一套 买一批 买一种 买一款 找一台 求一台 需要一台 有关 关于`)
	// askingLast are meant so where the characters end: 吗, and what every listing is.
	askingLast = func() map[string]bool {
		out := hanSet("吗 呢 吧 的办法 的方案 的措施 的研究 的相关研究 方面的研究")
		for thing := range anyListing {
			for _, of := range []string{"的", "的相关", "方面的"} {
				out[of+thing] = true
			}
		}
		return out
	}()
	// askingNumber are meant so before a number, which tells by itself what it is of.
	askingNumber = hanSet(`专利 专利号 专利申请号 申请号 申请公布号 公布号 公开号 公告号 授权公告号 登记号 软著登记号 软著登字 软著登字第
		著作权登记号 证书号 品种权号`)
	// anyListing are words for what every listing is.
	anyListing = hanSet("技术 方法 成果 项目 相关技术 相关方法 相关成果 相关项目 相关研究")
)

const (
	// longestAsking is the length of the longest of them, in characters.
	longestAsking = 6
	// can is asked for behind others, unless it is energy that follows: 有没有能源管理系统.
	can, energy = "能", "源量耗效级"
)

// isAnyListing tells of a stretch that says what every listing is.
func isAnyListing(stretch []atom) bool { return askingAt(stretch, anyListing) == len(stretch) }

func hanSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, expression := range strings.Fields(list) {
		out[Key(expression)] = true
	}
	return out
}

// withoutAsking are the atoms of a text without what it asks with. What stood on
// both sides of that does not touch.
func withoutAsking(sequence []atom) []atom {
	out := make([]atom, 0, len(sequence))
	asked := false
	for i := 0; i < len(sequence); {
		n := askingAt(sequence[i:], askingAnywhere)
		if n == 0 && len(out) == 0 {
			n = askingAt(sequence[i:], askingFirst)
		}
		if n == 0 {
			if named := askingAt(sequence[i:], askingNumber); named > 0 && isOfficial(sequence[i+named:]) {
				n = named
			}
		}
		if n == 0 && len(out) > 0 && i > 0 && bigram(sequence[i-1:]) {
			if last := askingAt(sequence[i:], askingLast); last > 0 && !bigram(sequence[i+last-1:]) {
				n = last
			}
		}
		if n > 0 {
			i += n
			asked = true
			if i+1 < len(sequence) && sequence[i].term == can && !strings.Contains(energy, sequence[i+1].term) && askingAt(sequence[i:], askingAnywhere) == 0 {
				i++
			}
			continue
		}
		at := sequence[i]
		at.joined = at.joined && !asked
		asked = false
		out = append(out, at)
		i++
	}
	return out
}

// officialDigits are how many digits the number of a right has at least, among so many words.
const (
	officialDigits = 6
	officialWords  = 4 // ZL 2019 1 0123456
)

// isOfficial tells whether a text goes on with the number of a right: its first words,
// which spaces may part, are of signs of an office and of digits.
func isOfficial(sequence []atom) bool {
	digits := 0
	for _, at := range sequence[:min(len(sequence), officialWords)] {
		if at.han {
			break
		}
		for i := range len(at.word) {
			if isDigit(at.word[i]) {
				digits++
			}
		}
	}
	return digits >= officialDigits
}

// askingAt is the length of the longest of some expressions that touching Han
// characters begin with; 0 if none does.
func askingAt(sequence []atom, expressions map[string]bool) (length int) {
	var begun strings.Builder
	for n, at := range sequence[:min(len(sequence), longestAsking)] {
		if !at.han || n > 0 && !at.joined {
			break
		}
		begun.WriteString(at.term)
		if expressions[begun.String()] {
			length = n + 1
		}
	}
	return length
}
