/** Types of AssemblyScript that tables have which tests import as well. */
type u32 = number;
type StaticArray<Element> = Element[];
