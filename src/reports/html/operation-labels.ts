import type { OperationResult } from '../../model/result.ts'

/** Names of operations; with their shape where the same name is there twice. */
export function labelsOf(operations: readonly Pick<OperationResult, 'operation' | 'shape'>[]): string[] {
  const names = operations.map(({ operation }) => operation)
  return operations.map(({ operation, shape }) =>
    names.indexOf(operation) === names.lastIndexOf(operation) ? operation : `${operation} (${shape})`,
  )
}
