/** An answer of the API that is not what was asked for, with the words and status codes of Toxiproxy. */
export class ApiError extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

export const badRequest = (detail: string): ApiError => new ApiError(`bad request body: ${detail}`, 400)
export const missingField = (field: string): ApiError => new ApiError(`missing required field: ${field}`, 400)
