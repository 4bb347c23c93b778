import { watch, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { Problem } from '@/api/problem'

/** The page of a listing that was merged into another gives way to the other's. */
export function useMergedRedirect(error: Ref<unknown>, path: string): void {
  const router = useRouter()
  watch(
    error,
    (failure) => {
      const into = failure instanceof Problem && failure.code === 'listing_merged' ? failure.params.into : undefined
      if (typeof into === 'string') void router.replace(`${path}/${into}`)
    },
    { immediate: true },
  )
}
