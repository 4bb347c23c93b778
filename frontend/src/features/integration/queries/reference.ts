import { useQuery } from '@tanstack/vue-query'

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
}

/** One operation of the contract as the page shows it. */
export interface Operation {
  id: string
  method: string
  path: string
  tag: string
  summary: string
  parameters: Parameter[]
  scopes: string[]
  /** Anybody may call it. */
  open: boolean
  body: string
  answers: { status: string; text: string }[]
}

interface Reference {
  $ref?: string
}
interface RawOperation {
  operationId?: string
  tags?: string[]
  summary?: string
  parameters?: (Parameter & Reference)[]
  requestBody?: { content?: Record<string, { schema?: Reference }> }
  responses?: Record<string, { description?: string } & Reference>
  security?: Record<string, unknown>[]
  'x-token-scopes'?: string[]
}
type RawPath = Record<string, unknown> & { parameters?: (Parameter & Reference)[] }
export interface Contract {
  info: { description?: string; version?: string }
  tags?: { name: string; description?: string }[]
  paths: Record<string, RawPath>
  components?: Record<string, Record<string, unknown>>
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** What a `$ref` of the contract points to. */
function resolved<T extends Reference>(contract: Contract, value: T): T {
  if (!value.$ref) return value
  const [, , group = '', name = ''] = value.$ref.split('/')
  return (contract.components?.[group]?.[name] ?? {}) as T
}

const nameOf = (ref: string | undefined) => ref?.split('/').at(-1) ?? ''

/** The operations of a contract in the order in which they stand, by tag. */
export function operationsOf(contract: Contract): Operation[] {
  return Object.entries(contract.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => {
        const raw = item[method] as RawOperation
        return {
          id: raw.operationId ?? `${method} ${path}`,
          method: method.toUpperCase(),
          path,
          tag: raw.tags?.[0] ?? '',
          summary: raw.summary ?? '',
          parameters: [...(item.parameters ?? []), ...(raw.parameters ?? [])].map((each) => resolved(contract, each)),
          scopes: raw['x-token-scopes'] ?? [],
          open: raw.security?.some((each) => Object.keys(each).length === 0) ?? false,
          body: nameOf(Object.values(raw.requestBody?.content ?? {})[0]?.schema?.$ref),
          answers: Object.entries(raw.responses ?? {}).map(([status, answer]) => ({ status, text: resolved(contract, answer).description ?? '' })),
        }
      }),
  )
}

export function useContract() {
  return useQuery({
    queryKey: ['contract'],
    queryFn: async (): Promise<Contract> => {
      const answer = await fetch('/api/openapi.json')
      if (!answer.ok) throw new Error(`/api/openapi.json: ${answer.status}`)
      return (await answer.json()) as Contract
    },
    staleTime: Infinity,
  })
}
