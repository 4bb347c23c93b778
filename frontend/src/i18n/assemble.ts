/** Messages by key, nested. */
export interface Messages {
  [key: string]: string | Messages
}

/** Texts of problems by code, as the server has them too (config/messages). */
interface ServerTexts {
  problems: Record<string, string>
  fields: Record<string, string>
  /** The names of codes that a text can be about. */
  values: Record<string, string>
}

interface ProblemTexts extends Messages {
  code: Record<string, string>
  field: Record<string, string>
}

/** All messages of a language: one file a domain, whose name is the first part of the key, and the server's problems. What the server writes too is added under the name of such a file. */
export function assemble(files: Record<string, Messages>, server: ServerTexts): Messages {
  const byDomain = Object.fromEntries(
    Object.entries(files).map(([path, messages]) => [path.slice(path.lastIndexOf('/') + 1, -'.json'.length), messages]),
  )
  const own = byDomain.problem as ProblemTexts
  return {
    ...byDomain,
    problem: {
      ...own,
      code: { ...server.problems, ...own.code },
      field: { ...server.fields, ...own.field },
      value: server.values,
    },
  }
}
