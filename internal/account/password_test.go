package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store/storetest"
)

func sqliteWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, storetest.SQLite(t, account.Machines...))
}

func TestAPasswordIsRecognisedAndNoOtherIs(t *testing.T) {
	p := account.NewPasswords(cheap)
	rapid.Check(t, func(t *rapid.T) {
		one, two := rapid.String().Draw(t, "one"), rapid.String().Draw(t, "two")
		hash, err := p.Hash(context.Background(), one)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := p.Verify(context.Background(), one, hash); err != nil || !ok {
			t.Fatalf("%q not recognised, %v", one, err)
		}
		if ok, err := p.Verify(context.Background(), two, hash); err != nil || ok != (one == two) {
			t.Fatalf("%q taken for %q: %v, %v", two, one, ok, err)
		}
	})
}

func TestHashesOfOnePasswordDiffer(t *testing.T) {
	p := account.NewPasswords(cheap)
	one, _ := p.Hash(context.Background(), password)
	two, _ := p.Hash(context.Background(), password)
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%s and %s", one, two)
	}
}

func TestNobodyHasTheEmptyHash(t *testing.T) {
	p := account.NewPasswords(cheap)
	for _, guess := range []string{"", "\x00", password} {
		if ok, err := p.Verify(context.Background(), guess, ""); err != nil || ok {
			t.Fatalf("%q: %v, %v", guess, ok, err)
		}
	}
}

func TestABrokenHashIsAnErrorNotAPanic(t *testing.T) {
	p := account.NewPasswords(cheap)
	good, _ := p.Hash(context.Background(), password)
	for _, hash := range []string{"x", "$argon2i$v=19$m=64,t=1,p=1$aa$aa", strings.Replace(good, "m=64", "m=?", 1),
		good[:len(good)-1] + "!", strings.Replace(good, "v=19", "v=16", 1)} {
		if ok, err := p.Verify(context.Background(), password, hash); err == nil || ok {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
}

func TestChecksWaitForASlotAndGiveUpWithTheirContext(t *testing.T) {
	p := account.NewPasswords(account.PasswordConfig{MemoryKiB: 64, Passes: 1, Threads: 1, AtOnce: 1})
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	release := account.HoldSlot(p)
	if _, err := p.Verify(cancelled, password, ""); !errors.Is(err, context.Canceled) {
		t.Fatalf("err %v", err)
	}
	release()
	if _, err := p.Hash(context.Background(), password); err != nil {
		t.Fatal(err)
	}
}

func TestAPasswordIsRehashedAtTheNextSignIn(t *testing.T) {
	w := sqliteWorld(t)
	w.person("li@example.org", "李梅")
	stronger := cheap
	stronger.Passes = 2
	w.deps.Passwords = account.NewPasswords(stronger)
	if _, err := w.service().SignIn(w.ctx, policy.Actor{}, account.Credentials{Identifier: "li@example.org", Password: password}); err != nil {
		t.Fatal(err)
	}
	hash, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[string], `SELECT password_hash FROM accounts`)
	if err != nil || !strings.Contains(hash, "t=2,") {
		t.Fatalf("hash %s, %v", hash, err)
	}
	w.signIn("li@example.org") // a replica that still has the old parameters
}

func TestATokenKeyMustBeLong(t *testing.T) {
	_, err := account.NewService(account.Deps{Clock: clock.System{}, Config: account.Config{TokenKey: []byte("short")}})
	wantCode(t, err, 1, "token_key_too_short")
}
