import { watch, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { Problem } from '@/api/problem'

/** The id of the listing into which the one that was asked for was merged, where that is why there is none. */
export function mergedInto(failure: unknown): string | undefined {
  const into = failure instanceof Problem && failure.code === 'listing_merged' ? failure.params.into : undefined
  return typeof into === 'string' ? into : undefined
}

/** The page of a listing that was merged into another gives way to the other's. */
export function useMergedRedirect(error: Ref<unknown>, path: string): void {
  const router = useRouter()
  watch(
    error,
    (failure) => {
      const into = mergedInto(failure)
      if (into) void router.replace(`${path}/${into}`)
    },
    { immediate: true },
  )
}
