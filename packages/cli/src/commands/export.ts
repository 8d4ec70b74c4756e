import {
  createStatistics,
  DEFAULT_PLAN_OPTIONS,
  executePlan,
  planRender,
  type RenderPlan,
  type RenderRequest,
} from '@sectile/core/render';
import { type Command, type Invocation, UsageError } from '../command.ts';
import { type OpenedImage, openForCommand } from '../input/open.ts';
import {
  PICTURE_HELP,
  PICTURE_OPTIONS,
  type PicturePolicy,
  policyFromOptions,
  requestFromOptions,
} from '../input/request.ts';
import { printJson } from '../output/json.ts';
import { progressBar } from '../output/progress.ts';
import { writableFile } from '../output/write-file.ts';

/** `sectile export`: a region or the whole of an image as one file. */
export const exportCommand: Command = {
  usage: 'export <file> <out>',
  summary: 'write a region, or all of an image, as one file',
  options: PICTURE_OPTIONS,
  help: `  <file>         a path or an http(s) URL\n  <out>          the file to write\n${PICTURE_HELP}

  sectile export huge.tif small.jpg --width 2000
  sectile export slide.svs detail.png --region 12000,8000,1024,1024
  sectile export map.tif proof.jpg --width 1200 --watermark seal.png --watermark-placement center`,
  async run(invocation) {
    const [file, out, extra] = invocation.positionals;
    if (!file || !out || extra) throw new UsageError('export takes a file and the file to write');
    const request = requestFromOptions(invocation, out);
    await renderToFile({ invocation, file, out, request });
  },
};

/** Renders one request of `export` or `tile` into a file and reports. */
export async function renderToFile(task: {
  readonly invocation: Invocation;
  readonly file: string;
  readonly out: string;
  readonly request: RenderRequest;
}): Promise<void> {
  const started = performance.now();
  const policyFor = policyFromOptions(task.invocation);
  const out = await writableFile(task.out, task.file);
  const image = await openForCommand(task.file, { threads: true });
  const bar = progressBar(task.out);
  try {
    const plan = await planForCommand(task.request, image, await policyFor(image));
    const picture = await executePlan(plan, image.reader, image.worker, {
      signal: task.invocation.interrupted(),
      onProgress: (done) => bar.update(done),
    });
    await out.write(picture.bytes);
    bar.end();
    if (isReduced(plan, task.request)) console.error(`${task.out}: all pixels would be too many, so there are fewer`);
    const { width, height, mediaType } = picture;
    const seconds = (performance.now() - started) / 1000;
    if (task.invocation.json)
      printJson({ file: task.out, width, height, mediaType, bytes: picture.bytes.length, seconds });
    else console.log(`${task.out}: ${width} x ${height}, ${picture.bytes.length} bytes, ${seconds.toFixed(1)} s`);
  } finally {
    bar.end();
    await image.close();
  }
}

/** Whether the whole was asked for and is more than one file may hold. */
function isReduced(plan: RenderPlan, { size, level, region }: RenderRequest): boolean {
  if (plan.kind !== 'pixels' || size.kind !== 'native' || level !== undefined || region.kind === 'tile') return false;
  return plan.level > 0 || plan.shrink > 1 || plan.resample !== undefined;
}

/** A plan under the limits of the command line. */
export async function planForCommand(
  request: RenderRequest,
  image: OpenedImage,
  policy: PicturePolicy,
): Promise<RenderPlan> {
  const { reader, worker, limits, engine } = image;
  const statistics = await createStatistics({ worker, limits }).of(reader, request);
  const { outputFormats } = engine.codecs;
  return planRender(request, reader.info, { ...DEFAULT_PLAN_OPTIONS, ...statistics, limits, outputFormats, ...policy });
}
