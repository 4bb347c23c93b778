import { QueryClient } from '@tanstack/vue-query'
import { isUnanswered, toProblem } from './problem'

/**
 * What the server knows, cached. Only a server that is away is asked again. What is asked or done without a line fails
 * and says so, instead of waiting in silence to be done at some other time; what is shown is read again with the line.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      networkMode: 'always',
      refetchOnReconnect: true,
      retry: (failures, error) => failures < 2 && isUnanswered(toProblem(error)),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
