// Package embedding owns the port to a service that says where texts lie by
// what they mean, and what the service said: vectors are kept by listing and
// sort of reader, so that nothing is asked twice.
//
// The service is somebody else's machine. So it is off unless the operator
// names one; it is sent what the public reads, and what members read only where
// the operator allows it; and nothing waits for it: while it is away (Guard),
// matching and search answer without it.
//
// The package owns neither the listings (Texts gives what they say) nor the
// index in which vectors are compared (match).
package embedding
