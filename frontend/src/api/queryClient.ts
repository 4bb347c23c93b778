import { QueryClient } from '@tanstack/vue-query'
import { isUnanswered, toProblem } from './problem'

/** What the server knows, cached. Only a server that is away is asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && isUnanswered(toProblem(error)),
    },
    mutations: { retry: false },
  },
})
