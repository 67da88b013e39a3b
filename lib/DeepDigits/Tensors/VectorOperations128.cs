using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace DeepDigits;

/// <summary>Vectors of 128 bits: 4 floats, 32 registers on Arm, 16 on x86.</summary>
readonly unsafe struct VectorOperations128 : IVectorOperations<Vector128<float>>
{
    public static int Lanes => 4;

    public static int MaxRowsOfOneVector => AdvSimd.IsSupported ? 14 : 12;

    public static int MaxRowsOfTwoVectors => AdvSimd.IsSupported ? 14 : 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector128<float> value) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float* from) => Vector128.Create(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => FusedMultiplyAdd.Compute(a, b, c);
}
