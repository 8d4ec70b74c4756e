import { describeKernels } from '../../../../test/contracts/kernels.ts';
import { typescriptKernels } from './typescript-kernels.ts';

describeKernels('TypeScript', () => typescriptKernels);
