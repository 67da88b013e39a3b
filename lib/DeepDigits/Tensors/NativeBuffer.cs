using System.Runtime.InteropServices;

namespace DeepDigits;

/// <summary>
/// Scratch memory for kernels: aligned to a cache line, so that no vector load crosses two of them, and never moved by the garbage
/// collector. It only grows.
/// </summary>
sealed unsafe class NativeBuffer
{
    const int CacheLine = 64;

    float* memory;
    long capacity;

    ~NativeBuffer() => NativeMemory.AlignedFree(memory);

    /// <summary>Memory for at least this many floats. What was in it before is lost when it grows.</summary>
    public float* Reserve(long floats)
    {
        if (floats > capacity)
        {
            NativeMemory.AlignedFree(memory);
            memory = null;
            capacity = 0;
            memory = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), CacheLine);
            capacity = floats;
        }
        return memory;
    }
}
