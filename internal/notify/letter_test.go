package notify_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"chengqiao/config"
	"chengqiao/internal/notify"
)

var allLetters = []string{"verify_email", "address_known", "reset_password", "member_invited", "contributor_invited", "registration_unfinished", "handover_offered",
	"introduction_made", "introduction_accepted", "introduction_declined", "listing_returned", "listing_published",
	"organisation_verified", "organisation_rejected", "organisation_expired",
	"contract_to_sign", "reward_approved", "reward_paid", "webhook_disabled", "search_alert",
	"match_proposed", "messages_unread", "agreement_asked", "file_requested", "contract_half_signed", "contract_reopened", "contract_terminated", "plan_to_confirm", "reward_to_approve"}

func letters(t *testing.T) *notify.Letters {
	t.Helper()
	l, err := notify.LoadLetters(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEveryLetterReadsWellInBothLanguages(t *testing.T) {
	l := letters(t)
	values := notify.Values{
		Name: "李明", Title: "高能量密度电池", Kind: "package", Organisation: "新疆大学", Link: "https://example.org/x?token=abc",
		Due: time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC), Count: 1,
	}
	for _, locale := range []string{"zh-CN", "en"} {
		for _, name := range allLetters {
			for _, who := range []string{"新疆大学", ""} {
				v := values
				v.Organisation = who
				subject, body, err := l.Write(name, locale, v)
				if err != nil {
					t.Fatal(err)
				}
				if subject == "" || strings.ContainsAny(subject, "\r\n") {
					t.Errorf("%s in %s has the subject %q", name, locale, subject)
				}
				if !strings.Contains(body, values.Link) {
					t.Errorf("%s in %s does not lead anywhere", name, locale)
				}
				for _, sign := range []string{"{{", "<no value>", "0001", "  ", "““"} {
					if strings.Contains(subject+body, sign) {
						t.Errorf("%s in %s contains %q:\n%s\n%s", name, locale, sign, subject, body)
					}
				}
				if locale == "en" && strings.ContainsAny(strings.NewReplacer("李明", "", "高能量密度电池", "", "新疆大学", "").Replace(subject+body), "，。您的") {
					t.Errorf("%s in English has Chinese words:\n%s", name, body)
				}
			}
		}
	}
	_, body, err := l.Write("introduction_made", "zh-CN", values)
	if err != nil || !strings.Contains(body, "请在2026年11月28日前答复") {
		t.Errorf("the day in Shanghai is not said (%v):\n%s", err, body)
	}
}

func TestAReaderOfAnotherLanguageGetsChinese(t *testing.T) {
	subject, _, err := letters(t).Write("verify_email", "ug", notify.Values{})
	if err != nil || subject != "请验证您的邮箱" {
		t.Errorf("%q (%v)", subject, err)
	}
}

func TestWhatPeopleWroteCannotAddLinesToALetter(t *testing.T) {
	subject, body, err := letters(t).Write("introduction_made", "zh-CN", notify.Values{
		Name: "李\n\n明", Title: "电池\n\n系统通知：请到 https://evil.example 重新登录", Organisation: "某某\r\n公司",
		Link: "https://example.org/introductions/1", Due: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	if subject != "有单位希望洽谈：电池 系统通知：请到 https://evil.example 重新登录" {
		t.Errorf("the subject is %q", subject)
	}
	if !strings.HasPrefix(body, "李 明，您好：") || !strings.Contains(body, "某某 公司希望") {
		t.Errorf("the text is\n%s", body)
	}
}

func TestFaultyLettersAreAllNamed(t *testing.T) {
	_, err := notify.LoadLetters(fstest.MapFS{
		"templates/mail/zh-CN/verify_email.txt": {Data: []byte("没有正文")},
		"templates/mail/en/verify_email.txt":    {Data: []byte("Subject\n\n{{.Nothing")},
		"templates/mail/en/birthday.txt":        {Data: []byte("Happy\n\nbirthday")},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"zh-CN/verify_email.txt does not begin with a subject", "en/verify_email.txt: template", "nothing writes birthday",
		"reset_password is missing in zh-CN", "reward_paid is missing in en",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing said of %q:\n%v", want, err)
		}
	}
}
