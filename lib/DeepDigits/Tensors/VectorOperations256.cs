using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>Vectors of 256 bits: 8 floats, 16 registers.</summary>
readonly unsafe struct VectorOperations256 : IVectorOperations<Vector256<float>>
{
    public static int Lanes => 8;

    public static int MaxRowsOfOneVector => 12;

    public static int MaxRowsOfTwoVectors => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector256<float> value) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float* from) => Vector256.Create(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
}
