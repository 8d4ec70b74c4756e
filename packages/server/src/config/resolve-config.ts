import type { Config } from './config.ts';
import { nearestName } from './nearest-name.ts';
import { isSettingName, SETTING_NAMES, SETTINGS, type Setting } from './settings-table.ts';
import { ConfigError } from './value-kinds.ts';

/** Variable that names the configuration file. */
export const CONFIG_FILE_VARIABLE = 'SECTILE_CONFIG';

/** Where the value of a setting came from. */
export type ConfigOrigin = 'default' | 'file' | 'environment' | 'flag';

/** Where settings are looked for, the last one that has a setting wins. */
export interface ConfigInputs {
  /** Content of a configuration file: settings by name. Unknown names are errors. */
  readonly file?: Readonly<Record<string, unknown>> | undefined;
  /** Environment variables. Others' are ignored; unknown `SECTILE_` ones give a warning. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Settings by name, as text or values, from a command line or code. Unknown names are errors. */
  readonly flags?: Readonly<Record<string, unknown>> | undefined;
}

/** A configuration, and how it came about. */
export interface ResolvedConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<keyof Config, ConfigOrigin>>;
  /** Sentences for the log: settings without effect, unknown variables. */
  readonly warnings: readonly string[];
}

/** The configuration that nobody has touched. */
export const DEFAULT_CONFIG: Config = resolveConfig({}).config;

/**
 * Puts a configuration together: defaults, file, environment, flags. Pure.
 *
 * @throws ConfigError that names the setting and where it stands.
 */
export function resolveConfig({ file = {}, environment = {}, flags = {} }: ConfigInputs): ResolvedConfig {
  const values: Partial<Record<keyof Config, unknown>> = {};
  const origins: Partial<Record<keyof Config, ConfigOrigin>> = {};
  for (const name of SETTING_NAMES) {
    const setting: Setting<unknown> = SETTINGS[name];
    const { value, origin } = given(flags[name], 'flag', name, setting) ??
      fromEnvironment(environment, setting) ??
      given(file[name], 'file', name, setting) ?? { value: setting.fallback, origin: 'default' as const };
    values[name] = value;
    origins[name] = origin;
  }
  assertKnown(file, 'configuration file');
  assertKnown(flags, 'flags');
  const resolved = { config: values as Config, origins: origins as ResolvedConfig['origins'] };
  return { ...resolved, warnings: [...withoutEffect(resolved.origins), ...unknownVariables(environment)] };
}

interface Given {
  readonly value: unknown;
  readonly origin: ConfigOrigin;
}

function given(value: unknown, origin: 'flag' | 'file', name: string, setting: Setting<unknown>): Given | undefined {
  if (value === undefined) return undefined;
  const read = (): unknown =>
    origin === 'flag' && typeof value === 'string' ? fromFlag(value, setting) : setting.fromValue(value);
  return { value: naming(name, read), origin };
}

/** Numbers are not read as leniently as iipsrv's variables: what is typed is seen to be wrong at once. */
function fromFlag(text: string, setting: Setting<unknown>): unknown {
  if (typeof setting.fallback !== 'number') return setting.fromText(text);
  const number = Number(text);
  return setting.fromValue(text.trim() === '' || Number.isNaN(number) ? text : number);
}

function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  setting: Setting<unknown>,
): Given | undefined {
  for (const variable of [setting.variable, ...(setting.aliases ?? [])]) {
    const text = environment[variable];
    // An empty number is what an unset variable of a container template leaves behind; an empty text is a text.
    if (text === undefined || (text === '' && typeof setting.fallback !== 'string')) continue;
    return { value: naming(variable, () => setting.fromText(text)), origin: 'environment' };
  }
  return undefined;
}

function naming(name: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${name} ${error.message}`);
    throw error;
  }
}

function assertKnown(values: Readonly<Record<string, unknown>>, where: string): void {
  for (const name of Object.keys(values)) {
    if (isSettingName(name)) continue;
    const nearest = nearestName(name, SETTING_NAMES);
    const hint = nearest ? `; did you mean ${nearest}?` : '';
    throw new ConfigError(`There is no setting ${JSON.stringify(name)} (${where})${hint}`);
  }
}

function withoutEffect(origins: ResolvedConfig['origins']): string[] {
  return SETTING_NAMES.flatMap((name) => {
    const { noEffect, variable } = SETTINGS[name];
    return noEffect && origins[name] !== 'default' ? [`${variable} has no effect: ${noEffect}`] : [];
  });
}

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = SETTING_NAMES.flatMap((name) => [SETTINGS[name].variable, ...(SETTINGS[name].aliases ?? [])]);
  const reserved = new Set([...known, CONFIG_FILE_VARIABLE]);
  return Object.keys(environment).flatMap((variable) => {
    if (!variable.startsWith('SECTILE_') || reserved.has(variable)) return [];
    const nearest = nearestName(variable, known);
    return [`${variable} is not a setting${nearest ? `; did you mean ${nearest}?` : ''}`];
  });
}

/** One line of {@link describeConfig}. */
export interface ConfigEntry {
  readonly name: keyof Config;
  readonly variable: string;
  readonly value: string | number | boolean;
  readonly origin: ConfigOrigin;
  readonly about: string;
  readonly noEffect?: string | undefined;
}

/** Every setting with its value and where that came from, in the order of the table. */
export function describeConfig({ config, origins }: ResolvedConfig): readonly ConfigEntry[] {
  return SETTING_NAMES.map((name) => {
    const { variable, about, noEffect } = SETTINGS[name];
    return { name, variable, value: config[name], origin: origins[name], about, noEffect };
  });
}
