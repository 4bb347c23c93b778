import { toProblem } from '@/api/problem'

/**
 * Whether what was read before still stands on the page, now that reading it again may have failed: while the line is
 * down, or until somebody signs in again, what is being written there is not taken away. What is gone, or no longer for
 * this reader, is.
 */
export function stands(read: unknown, error: unknown): boolean {
  return read !== undefined && (!error || ![403, 404, 410].includes(toProblem(error).status))
}
