using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>Vectors of 512 bits: 16 floats, 32 registers.</summary>
readonly unsafe struct VectorOperations512 : IVectorOperations<Vector512<float>>
{
    public static int Lanes => 16;

    public static int MaxRowsOfOneVector => 14;

    public static int MaxRowsOfTwoVectors => 14;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector512<float> value) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float* from) => Vector512.Create(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);
}
