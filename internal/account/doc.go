// Package account owns who people are and for whom they act: persons,
// accounts, sign-in identifiers, sessions, organisations 单位 with their
// members and roles, verification by the platform, invitations, consents, and
// the export and erasure of personal data (PIPL 个人信息保护法).
//
// A person is not an account. A contributor can be named by an organisation
// before ever signing in, is invited, and claims the entry; one account may
// claim several entries. Everything outside this package knows persons and
// accounts by id alone, so that names and addresses can be corrected and
// erased in one place.
package account
