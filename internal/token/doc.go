// Package token owns API tokens: what a person makes so that a program can act
// for one organisation, within scopes (policy.TokenScope) and never beyond what
// that person may do there at the moment of the call. It keeps a token's hash
// and never its secret. What a scope covers is policy's; who a request is from
// is account's, asked by a small interface.
package token
