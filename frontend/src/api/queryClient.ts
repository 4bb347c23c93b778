import { QueryClient } from '@tanstack/vue-query'
import { toProblem } from './problem'

/** What the server knows, cached. Only a server that is away is asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => {
        const { status } = toProblem(error)
        return failures < 2 && (status === 0 || status === 502 || status === 503 || status === 504)
      },
    },
    mutations: { retry: false },
  },
})
