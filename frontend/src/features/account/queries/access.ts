import { useMutation } from '@tanstack/vue-query'
import { api, type Schema } from '@/api/client'
import papers from '../../../../../config/legal/papers.json'

/** The versions of the texts that a registration consents to. */
export const consentVersions = { terms: papers.terms.version, privacy: papers.privacy.version }

export function useRegister() {
  return useMutation({ mutationFn: (body: Schema<'Registration'>) => api.POST('/accounts', { body }) })
}

export function useVerifyEmail() {
  return useMutation({ mutationFn: (body: Schema<'EmailVerification'>) => api.POST('/accounts/verify', { body }) })
}

export function useRequestReset() {
  return useMutation({ mutationFn: (email: string) => api.POST('/password-resets', { body: { email } }) })
}

export function useCompleteReset() {
  return useMutation({ mutationFn: (body: Schema<'PasswordReset'>) => api.POST('/password-resets/complete', { body }) })
}
