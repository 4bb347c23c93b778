/** How one request is sent: by whose fetch, and until who calls it back. */
export interface Sending {
  fetch: (request: Request) => Promise<Response>
  signal: AbortSignal
}

/** A fetch that tells what share of the body has been sent, which the browser's own tells nobody. */
export function fetchTelling(tell: (share: number) => void): Sending['fetch'] {
  return async (request) => {
    const body = await request.blob()
    return new Promise((resolve, reject) => {
      const sender = new XMLHttpRequest()
      sender.open(request.method, request.url)
      request.headers.forEach((value, name) => sender.setRequestHeader(name, value))
      sender.responseType = 'blob'
      sender.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0)
      sender.onload = () => resolve(new Response(sender.response as Blob, { status: sender.status, headers: headersIn(sender.getAllResponseHeaders()) }))
      sender.onerror = () => reject(new TypeError('Failed to fetch')) // as fetch says it
      sender.onabort = () => reject(request.signal.reason as Error)
      request.signal.addEventListener('abort', () => sender.abort())
      sender.send(body)
    })
  }
}

function headersIn(lines: string): Headers {
  const headers = new Headers()
  for (const line of lines.trim().split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return headers
}
