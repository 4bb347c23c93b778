// Package need owns technical needs 技术需求: what an enterprise looks for,
// with typed requirements, and how the search ended. What all listings have in
// common (working copies, review, versions, expiry, disclosure, import) it
// takes from package listing.
//
// A need is published until its deadline; a deal that begins from it makes it
// matched, which takes it out of search; it closes as solved, withdrawn or
// expired. An anonymous need shows its organisation to those alone who were
// introduced.
package need
