/** What was written behind a text while that was being sent; all of it where it has become another. */
export function writtenAfter(now: string, sent: string): string {
  return now.startsWith(sent) ? now.slice(sent.length).trimStart() : now
}
