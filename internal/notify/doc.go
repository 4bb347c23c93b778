// Package notify owns telling people: notifications that wait for them,
// letters, live events on their open pages, and the list of tasks that waits
// for each of them. It follows the events of the other domains and decides
// nothing in them; whom an event concerns, and who these people are, it asks
// by small interfaces.
//
// Nothing told here says more than its reader may read: titles are those of
// live listings, and an organisation that an anonymous need conceals is not
// named before its introduction is accepted.
package notify
