/**
 * Failures of the API as values: RFC 9457 problems with stable codes. The
 * texts are ours (i18n `problem.code.*`, `problem.field.*`); the server's own
 * sentence stands in for a code that this build does not know yet.
 */

/** One fault inside a request body; `path` is from the body's root: "components[1].weight_bps". */
export interface ProblemField {
  path: string
  code: string
  /** The server's sentence, in the reader's language: shown when we have none of our own. */
  message?: string
  params?: Record<string, unknown>
}

/** A failed request. `code` is stable; `requestId` helps whoever looks into the log. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  /** The server's title, shown when we have no sentence of our own. */
  readonly title: string | null
  readonly params: Record<string, unknown>
  readonly fields: ProblemField[]
  readonly requestId: string | null

  constructor(init: {
    code: string
    status: number
    title?: string | null
    params?: Record<string, unknown>
    fields?: ProblemField[]
    requestId?: string | null
  }) {
    super(init.code)
    this.name = 'Problem'
    this.code = init.code
    this.status = init.status
    this.title = init.title ?? null
    this.params = init.params ?? {}
    this.fields = init.fields ?? []
    this.requestId = init.requestId ?? null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readFields(value: unknown): ProblemField[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((field) => ({
    path: String(field.path ?? ''),
    code: String(field.code ?? 'invalid'),
    message: typeof field.message === 'string' ? field.message : undefined,
    params: isRecord(field.params) ? field.params : {},
  }))
}

/** The problem in a failed response; a body that is none (a proxy's page) becomes `unreachable` or `internal`. */
export function problemOf(response: Response, body: unknown): Problem {
  const requestId = response.headers.get('X-Request-Id')
  if (!isRecord(body) || typeof body.code !== 'string') {
    const away = response.status === 502 || response.status === 503 || response.status === 504
    return new Problem({ code: away ? 'unavailable' : 'internal', status: response.status, requestId })
  }
  return new Problem({
    code: body.code,
    status: response.status,
    title: typeof body.title === 'string' ? body.title : null,
    params: isRecord(body.params) ? body.params : {},
    fields: readFields(body.fields),
    requestId,
  })
}

/** What a refusal is, once the session has ended: nothing is missing or forbidden, somebody has to sign in again. */
export function sessionEnded({ requestId }: Problem): Problem {
  return new Problem({ code: 'session_ended', status: 401, requestId })
}

/** Any thrown value as a Problem: a fetch that never arrived is `offline`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TypeError) return new Problem({ code: 'offline', status: 0 })
  return new Problem({ code: 'internal', status: 0 })
}

/** Whether a request may have been done although its answer never came: the line broke, or a proxy stood alone. */
export function isUnanswered({ status }: Problem): boolean {
  return status === 0 || status === 502 || status === 503 || status === 504
}
