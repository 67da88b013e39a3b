using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>The width in bits of the vectors that a kernel computes with. It changes the speed, never the result.</summary>
public enum VectorWidth
{
    /// <summary>Four floats at a time: ARM's NEON, x86's SSE.</summary>
    Bits128 = 128,

    /// <summary>Eight floats at a time: AVX2.</summary>
    Bits256 = 256,

    /// <summary>Sixteen floats at a time: AVX-512.</summary>
    Bits512 = 512,
}

/// <summary>What this machine offers.</summary>
static class VectorWidths
{
    /// <summary>The widest vectors that this machine computes with in one instruction.</summary>
    public static VectorWidth Best { get; } =
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512 : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256 : VectorWidth.Bits128;
}
