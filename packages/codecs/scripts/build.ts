import { buildKernels } from './build-kernels.ts';
import { vendorGlue } from './vendor-glue.ts';

await buildKernels();
await vendorGlue();
